/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading the text of an entry back. */
#include "kernel/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The text, word by word. */
struct words {
	const struct kernel *k;
	unsigned level;
	const char *start;
	const char *next;
	char word[48];
	struct numasim_error *err;
};

/* What has been read of an entry so far. */
struct parts {
	uint64_t flags;
	uint64_t number;
	unsigned type;
	unsigned marks;	/* enum migration_marks: young, dirty */
	bool has_number;
	bool has_type;
};

static int fail(const struct words *w, const char *why)
{
	unsigned column = (unsigned)(w->next - w->start - strlen(w->word)) + 1;

	return error_at(w->err, -EINVAL, 1, column, "\"%s\": %s", w->word, why);
}

/* Go to the next word; false at the end. A word too long for any is cut: nothing matches it. */
static bool next(struct words *w)
{
	size_t len;

	w->next += strspn(w->next, " ");
	len = strcspn(w->next, " ");
	snprintf(w->word, sizeof(w->word), "%.*s", (int)len, w->next);
	w->next += len;
	return len;
}

/* If @text starts with the words @start: step over them. */
static bool skip(struct words *w, const char *start)
{
	size_t len = strlen(start);

	if (strncmp(w->next, start, len) || (w->next[len] && w->next[len] != ' '))
		return false;
	w->next += len;
	return true;
}

/* Read "NAME=NUMBER" if the word is one; 1 if it is, 0 if not. */
static int number(struct words *w, const char *name, uint64_t max, uint64_t *value)
{
	size_t len = strlen(name);
	unsigned long long number;
	char *end;

	if (strncmp(w->word, name, len) || w->word[len] != '=')
		return 0;
	if (w->word[len + 1] < '0' || w->word[len + 1] > '9')
		return fail(w, "a number is missing");
	errno = 0;
	number = strtoull(w->word + len + 1, &end, 0);
	if (*end || errno)
		return fail(w, "not a number");
	if (number > max)
		return fail(w, "too large for its field");
	*value = number;
	return 1;
}

/* The mask of the word among Linux's flags, the processor's, and "bit7"; 0 if it is none. */
static uint64_t flag(struct words *w, unsigned where, bool leaf)
{
	const struct entry_flag *flags;
	unsigned bit;
	size_t count;
	int len;

	flags = entry_flags(&count);
	for (size_t i = 0; i < count; i++)
		if ((flags[i].where & where) && !strcmp(flags[i].word, w->word))
			if (entry_flag_mask(w->k, &flags[i]))
				return entry_flag_mask(w->k, &flags[i]);
	for (bit = 0; bit < 64 && where != FLAG_SWAP; bit++) {
		const struct numasim_x86_field *field = kernel_field_of_bit(bit, w->level, leaf);

		if (field && !strcmp(field->word, w->word))
			return UINT64_C(1) << bit;
	}
	if (sscanf(w->word, "bit%2u%n", &bit, &len) == 1 && !w->word[len] && bit < 64)
		return UINT64_C(1) << bit;
	return 0;
}

static int add_flag(struct words *w, struct parts *p, uint64_t mask)
{
	if (!mask)
		return fail(w, "this kernel has no such flag in an entry of this kind");
	if (p->flags & mask)
		return fail(w, "said twice");
	p->flags |= mask;
	return 0;
}

static int parse_page(struct words *w, bool leaf, uint64_t *entry)
{
	unsigned where = w->level == X86_PTE ? FLAG_PTE : leaf ? FLAG_PMD : FLAG_NOT_P;
	struct parts p = { 0 };
	uint64_t frame;

	while (next(w)) {
		uint64_t value;
		int ret = number(w, "pfn", X86_PFN_MASK >> X86_PAGE_SHIFT, &value);

		if (ret == 1 && p.has_number)
			return fail(w, "said twice");
		if (ret == 1) {
			p.number = value;
			p.has_number = true;
			continue;
		}
		if (!ret)
			ret = number(w, "pkey", 15, &value);
		if (ret == 1)
			ret = add_flag(w, &p, value << X86_PKEY_SHIFT);
		else if (!ret)
			ret = add_flag(w, &p, flag(w, where, leaf));
		if (ret)
			return ret;
	}
	frame = w->level == X86_PTE ? w->k->format.pfn_mask : kernel_pmd_frame_mask(w->k, p.flags);
	if ((p.number << X86_PAGE_SHIFT & ~frame) || (p.flags & frame))
		return fail(w, "the frame does not fit: huge pages are aligned");
	*entry = (((p.number << X86_PAGE_SHIFT) ^ kernel_invert_mask(w->k, p.flags)) & frame) |
		 p.flags;
	if (!p.has_number)
		*entry = p.flags;
	return 0;
}

static int swap_word(struct words *w, struct parts *p, enum swap_kind kind)
{
	uint64_t max = ~UINT64_C(0) >> (64 - w->k->format.swap_offset_bits), value;
	unsigned mark = !strcmp(w->word, "young") ? MIGRATION_YOUNG :
			!strcmp(w->word, "dirty") ? MIGRATION_DIRTY : 0;
	int ret;

	if (mark && w->k->format.migration_ad && swap_kind_is_migration(kind)) {
		if (p->marks & mark)
			return fail(w, "said twice");
		p->marks |= mark;
		return 0;
	}
	ret = number(w, swap_kind_payload(kind), max, &value);
	if (ret == 1 && p->has_number)
		return fail(w, "said twice");
	if (ret == 1) {
		p->number = value;
		p->has_number = true;
		return 0;
	}
	if (!ret && kind == SWAP_FILE)
		ret = number(w, "type", w->k->format.swap_files - 1, &value);
	if (ret == 1 && p->has_type)
		return fail(w, "said twice");
	if (ret == 1) {
		p->type = (unsigned)value;
		p->has_type = true;
		return 0;
	}
	return ret ? ret : add_flag(w, p, flag(w, FLAG_SWAP, true));
}

static int parse_swap(struct words *w, enum swap_kind kind, uint64_t *entry)
{
	const struct kernel *k = w->k;
	struct parts p = { .type = k->format.type_of[kind] };

	while (next(w)) {
		int ret = swap_word(w, &p, kind);

		if (ret)
			return ret;
	}
	if (p.marks & MIGRATION_YOUNG)
		p.number |= UINT64_C(1) << k->format.migration_pfn_bits;
	if (p.marks & MIGRATION_DIRTY)
		p.number |= UINT64_C(2) << k->format.migration_pfn_bits;
	*entry = kernel_swp_entry(k, p.type, p.number) | p.flags;
	return 0;
}

/* "file 0x40", "bad 0x60": the value itself. */
static int parse_raw(struct words *w, uint64_t *entry)
{
	unsigned long long value;
	char *end;

	if (!next(w) || w->word[0] < '0' || w->word[0] > '9')
		return fail(w, "a raw value comes here");
	errno = 0;
	value = strtoull(w->word, &end, 0);
	if (*end || errno || next(w))
		return fail(w, "only a raw value comes here");
	*entry = value;
	return 0;
}

int kernel_entry_parse(const struct kernel *k, const char *text, unsigned level, uint64_t *entry,
		       struct numasim_error *err)
{
	struct words w = { k, level, text, text, "", err };

	w.next += strspn(text, " ");
	if (!*w.next)
		return error_at(err, -EINVAL, 1, 1,
				"an entry is missing; the empty one is \"none\"");
	if (skip(&w, "none"))
		return parse_page(&w, true, entry);
	if (skip(&w, "file") || skip(&w, "bad"))
		return parse_raw(&w, entry);
	if (level == X86_PMD && skip(&w, "table"))
		return parse_page(&w, false, entry);
	for (int kind = 0; kind < NR_SWAP_KINDS; kind++)
		if (k->format.type_of[kind] != SWAP_NO_TYPE && skip(&w, swap_kind_words(kind)))
			return parse_swap(&w, kind, entry);
	return parse_page(&w, true, entry);
}
