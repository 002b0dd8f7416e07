/* SPDX-License-Identifier: BSD-2-Clause */
#include "sample.h"

#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "places.h"

#define MAX_LINE 1024

static uint64_t word_before(const struct mmu_vector *v)
{
	return mmu_content(mmu_page_of(v->access), v->target & ~UINT64_C(7));
}

void mmu_sample_machine(FILE *to, const struct mmu_header *header)
{
	fprintf(to, "machine %u %u %u\n", header->levels, header->physical_bits,
		header->has_gbpages);
}

static void put_or(FILE *to, uint64_t value, uint64_t usual, char sign)
{
	if (value == usual)
		fprintf(to, " %c", sign);
	else
		fprintf(to, " %" PRIx64, value);
}

void mmu_sample_vector(FILE *to, unsigned levels, const struct mmu_vector *v,
		       const struct mmu_answer *a)
{
	fprintf(to, "%s %u %u %x %x %x %x %" PRIx64 " %" PRIx64 " %" PRIx64 " :",
		mmu_access_names[v->access], v->size, v->cpl, v->control, v->pkru, v->pkrs,
		v->guest_key, v->va, v->cr3, v->target);
	for (unsigned i = levels; i-- > 0;) {
		if (!v->slot[i])
			continue;
		fprintf(to, " %" PRIx64 "@%" PRIx64, v->entry[i], v->slot[i]);
		if (a->entry[i] != v->entry[i])
			fprintf(to, "^%" PRIx64, a->entry[i] ^ v->entry[i]);
	}
	fprintf(to, " > %x %x", a->vector, a->error);
	if (a->cr2 == MMU_CR2_BEFORE)
		fputs(" .", to);
	else
		put_or(to, a->cr2, v->va, '=');
	fprintf(to, " %" PRIx64, a->value);
	put_or(to, a->word, word_before(v), '.');
	fprintf(to, " %u\n", a->cpl);
}

/* A line that is being read: its next words. */
struct reader {
	const char *path;
	unsigned line;
	char *rest;
};

static void __attribute__((noreturn)) bad(const struct reader *r, const char *what)
{
	errx(2, "%s:%u: %s", r->path, r->line, what);
}

static char *next_word(struct reader *r)
{
	char *word = strsep(&r->rest, " ");

	if (!word || !*word)
		bad(r, "the line ends too early");
	return word;
}

/* The number at the start of @text, of which @end is what follows. */
static uint64_t hex(const struct reader *r, char *text, char **end)
{
	uint64_t n = strtoull(text, end, 16);

	if (*end == text)
		bad(r, "not a hexadecimal number");
	return n;
}

static uint64_t next_hex(struct reader *r, uint64_t most)
{
	char *end;
	uint64_t n = hex(r, next_word(r), &end);

	if (*end || n > most)
		bad(r, "a number that is too large, or followed by something");
	return n;
}

/* A number, or @sign for @usual. */
static uint64_t next_or(struct reader *r, uint64_t usual, char sign)
{
	if (r->rest && r->rest[0] == sign && (r->rest[1] == ' ' || !r->rest[1])) {
		next_word(r);
		return usual;
	}
	return next_hex(r, UINT64_MAX);
}

static uint8_t next_access(struct reader *r)
{
	const char *word = next_word(r);

	for (uint8_t i = 0; i < MMU_ACCESSES; i++)
		if (!strcmp(word, mmu_access_names[i]))
			return i;
	bad(r, "not an access");
}

/* value@where, value@where^changed */
static void read_entry(struct reader *r, char *word, uint64_t *entry, uint64_t *slot,
		       uint64_t *after)
{
	char *end;

	*entry = hex(r, word, &end);
	*after = *entry;
	if (*end != '@')
		bad(r, "an entry without its address");
	*slot = hex(r, end + 1, &end);
	if (*end == '^')
		*after ^= hex(r, end + 1, &end);
	if (*end || !*slot || (*slot & 7) || *slot >> 30 >= MMU_NR_GIB)
		bad(r, "an entry where no place for tables is");
}

static void read_vector(struct reader *r, unsigned levels, struct mmu_vector *v,
			struct mmu_answer *a)
{
	unsigned level = levels;
	char *word;

	v->access = next_access(r);
	v->size = next_hex(r, 3);
	v->cpl = next_hex(r, 3);
	v->control = next_hex(r, (1 << MMU_CONTROLS) - 1);
	v->pkru = next_hex(r, UINT32_MAX);
	v->pkrs = next_hex(r, UINT32_MAX);
	v->guest_key = next_hex(r, 15);
	v->va = next_hex(r, UINT64_MAX);
	v->cr3 = next_hex(r, UINT64_MAX);
	v->target = next_hex(r, UINT64_MAX);
	if (strcmp(next_word(r), ":"))
		bad(r, "no entries where they should begin");
	while (strcmp(word = next_word(r), ">")) {
		if (!level--)
			bad(r, "more entries than levels");
		read_entry(r, word, &v->entry[level], &v->slot[level], &a->entry[level]);
	}
	a->vector = next_hex(r, UINT32_MAX);
	a->error = next_hex(r, UINT32_MAX);
	a->cr2 = r->rest && *r->rest == '.' ? next_or(r, MMU_CR2_BEFORE, '.')
					    : next_or(r, v->va, '=');
	a->value = next_hex(r, UINT64_MAX);
	a->word = next_or(r, word_before(v), '.');
	a->cpl = next_hex(r, 3);
	if (r->rest)
		bad(r, "more words than there should be");
}

static void read_machine(struct reader *r, struct mmu_header *h)
{
	h->magic = MMU_MAGIC;
	h->levels = next_hex(r, 5);
	h->physical_bits = strtoul(next_word(r), NULL, 10);
	h->has_gbpages = next_hex(r, 1);
	if (h->levels < 4 || h->physical_bits < 32 || h->physical_bits > 52)
		bad(r, "no such machine");
}

static void add_vector(struct reader *r, struct mmu_batch *b)
{
	struct mmu_header *h = &b->header;
	size_t n = h->count + 1;

	b->vector = reallocarray(b->vector, n, sizeof(*b->vector));
	b->answer = reallocarray(b->answer, n, sizeof(*b->answer));
	if (!b->vector || !b->answer)
		err(2, "%zu vectors", n);
	memset(&b->vector[h->count], 0, sizeof(*b->vector));
	memset(&b->answer[h->count], 0, sizeof(*b->answer));
	read_vector(r, h->levels, &b->vector[h->count], &b->answer[h->count]);
	h->count++;
	h->answered++;
}

unsigned mmu_sample_read(const char *path, struct mmu_batch batch[MMU_MAX_BATCHES])
{
	struct reader r = { .path = path };
	FILE *from = fopen(path, "r");
	char line[MAX_LINE];
	unsigned batches = 0;

	if (!from)
		err(2, "%s", path);
	while (fgets(line, sizeof(line), from)) {
		r.line++;
		r.rest = line;
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#')
			continue;
		if (!strncmp(line, "machine ", 8)) {
			if (batches == MMU_MAX_BATCHES)
				bad(&r, "more machines than this program expects");
			batch[batches] = (struct mmu_batch){ 0 };
			next_word(&r);
			read_machine(&r, &batch[batches++].header);
		} else if (batches) {
			add_vector(&r, &batch[batches - 1]);
		} else {
			bad(&r, "a vector before any machine");
		}
	}
	if (ferror(from) || !batches)
		errx(2, "%s: no vectors", path);
	fclose(from);
	return batches;
}
