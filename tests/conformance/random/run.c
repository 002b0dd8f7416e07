/* SPDX-License-Identifier: BSD-2-Clause */
/* One sequence: its lines, or what they come to. */
#include "case.h"
#include "sequence.h"
#include "side.h"
#include "words/words.h"

#include <stdio.h>
#include <string.h>

#define FNV_START UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

static uint64_t digest; /* of a step's lines: FNV-1a */

static void add_to_digest(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		digest = (digest ^ (unsigned char)text[i]) * FNV_PRIME;
}

static void print(const char *text)
{
	side_print(text, strlen(text));
}

/* " 1a2b3c4d": 32 bits are enough to notice a difference. */
static void end_step(bool show)
{
	char text[16];

	if (show)
		return;
	snprintf(text, sizeof(text), " %08x", (unsigned)(digest ^ digest >> 32));
	print(text);
	digest = FNV_START;
}

static void begin_step(unsigned number, const char *what, bool show)
{
	char text[OP_TEXT + 32];

	if (!show)
		return;
	snprintf(text, sizeof(text), "-- %u %s\n", number, what);
	print(text);
}

struct running {
	const struct sequence *sequence;
	bool show;
};

static void body(void *payload)
{
	const struct running *r = payload;
	char text[OP_TEXT];

	perform_begin();
	for (unsigned i = 0; i < r->sequence->nr; i++) {
		const struct op *op = &r->sequence->op[i];

		op_text(text, op);
		begin_step(i + 1, text, r->show);
		perform(op);
		look_after(op);
		end_step(r->show);
	}
	begin_step(r->sequence->nr + 1, "end", r->show);
	look_at_end(r->sequence);
	end_step(r->show);
}

void sequence_run(const struct sequence *s, bool show)
{
	struct running r = {s, show};
	char name[32];

	snprintf(name, sizeof(name), "%s%llu", show ? "== " : "", (unsigned long long)s->seed);
	print(name);
	if (show)
		print("\n");
	digest = FNV_START;
	lines_to(show ? NULL : add_to_digest);
	run_body(name, body, &r);
	lines_to(NULL);
	if (!show)
		print("\n");
}
