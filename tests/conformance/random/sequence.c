/* SPDX-License-Identifier: BSD-2-Clause */
/* Sequences as text. */
#include "sequence.h"
#include "side.h"

#include <stdio.h>
#include <string.h>

static const char *const op_name[] = {
#define X(id, text) text,
	OPS(X)
#undef X
};

void op_text(char text[OP_TEXT], const struct op *op)
{
	snprintf(text, OP_TEXT, "%c %s page %u n %u other %u arg %#x", 'a' + op->actor,
		 op_name[op->kind], op->page, op->n, op->other, op->arg);
}

static bool op_read(struct op *op, const char *text)
{
	unsigned page, n, other, arg;
	char name[16], actor;

	if (sscanf(text, "%c %15s page %u n %u other %u arg %x", &actor, name, &page, &n, &other,
		   &arg) != 6)
		return false;
	*op = (struct op){OP_NR, (uint8_t)(actor - 'a'), (uint16_t)page, (uint16_t)n,
			  (uint16_t)other, arg};
	for (unsigned i = 0; i < OP_NR; i++)
		if (!strcmp(name, op_name[i]))
			op->kind = (uint8_t)i;
	return op->kind < OP_NR && op->actor < MAX_ACTORS && n && page + n <= WINDOW_PAGES &&
	       other < WINDOW_PAGES;
}

static const char *next_line(const char *text)
{
	const char *end = strchr(text, '\n');

	if (!end)
		side_fail("a line of a sequence has no end: %.60s", text);
	return end + 1;
}

bool sequence_read(struct sequence *s, const char **text)
{
	unsigned long long seed;

	if (!**text)
		return false;
	if (sscanf(*text, "sequence %llu", &seed) != 1)
		side_fail("not \"sequence NUMBER\": %.60s", *text);
	s->seed = seed;
	s->nr = 0;
	for (*text = next_line(*text); **text && **text != 's'; *text = next_line(*text)) {
		if (s->nr == MAX_OPS)
			side_fail("sequence %llu has more than %u calls", seed, MAX_OPS);
		if (!op_read(&s->op[s->nr++], *text))
			side_fail("sequence %llu: no call: %.60s", seed, *text);
	}
	return true;
}
