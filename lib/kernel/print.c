/* SPDX-License-Identifier: BSD-2-Clause */
/* Printing entries. The words come from two tables: the processor's fields and Linux's flags. */
#include "kernel/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const struct entry_flag flags[] = {
#define FLAG_(field_, word_, where_, text_)                                                        \
	{ .word = word_, .text = text_, .where = where_,                                           \
	  .field = offsetof(struct entry_format, field_) },
	ENTRY_FLAGS(FLAG_)
#undef FLAG_
};

static const struct {
	const char *words;
	const char *payload;
} kinds[NR_SWAP_KINDS] = {
#define KIND_(name, words_, payload_) { .words = words_, .payload = payload_ },
	SWAP_KINDS(KIND_)
#undef KIND_
};

const struct entry_flag *entry_flags(size_t *count)
{
	*count = sizeof(flags) / sizeof(flags[0]);
	return flags;
}

uint64_t entry_flag_mask(const struct kernel *k, const struct entry_flag *flag)
{
	uint64_t mask;

	memcpy(&mask, (const char *)&k->format + flag->field, sizeof(mask));
	return mask;
}

const char *swap_kind_words(enum swap_kind kind)
{
	return kinds[kind].words;
}

const char *swap_kind_payload(enum swap_kind kind)
{
	return kinds[kind].payload;
}

/* A text that grows in a buffer which may be too short for it. */
struct text {
	char *buf;
	size_t size;
	size_t len;
};

static void add(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* One more word, after a space unless it is the first. */
static void add(struct text *t, const char *format, ...)
{
	va_list args;

	for (int pass = t->len ? 0 : 1; pass < 2; pass++) {
		size_t used = t->len < t->size ? t->len : t->size;
		int len;

		va_start(args, format);
		len = vsnprintf(t->size ? t->buf + used : NULL, t->size - used,
				pass ? format : " ", args);
		va_end(args);
		if (len > 0)
			t->len += (size_t)len;
	}
}

const struct numasim_x86_field *kernel_field_of_bit(unsigned bit, unsigned level, bool leaf)
{
	enum numasim_x86_kind kind = !leaf ? NUMASIM_X86_TABLE :
				     level == X86_PTE ? NUMASIM_X86_LEAF_4K : NUMASIM_X86_LEAF_2M;
	const struct numasim_x86_field *fields;
	size_t count;

	fields = numasim_x86_fields(&count);
	for (size_t i = 0; i < count; i++)
		if (fields[i].first == bit && fields[i].last == bit && (fields[i].named_in & kind))
			return &fields[i];
	return NULL;
}

/* Linux's word for bit @mask of this entry, or NULL. Tables have only hints. */
static const char *linux_word(const struct kernel *k, uint64_t entry, uint64_t mask,
			      unsigned level, bool leaf)
{
	unsigned here = level == X86_PTE ? FLAG_PTE : leaf ? FLAG_PMD : FLAG_NOT_P;

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		unsigned where = flags[i].where;

		if (!(where & here) || entry_flag_mask(k, &flags[i]) != mask)
			continue;
		if ((where & FLAG_NOT_P) && (entry & X86_P))
			continue;
		if ((where & FLAG_HINT) && !kernel_entry_hint(k, entry))
			continue;
		return flags[i].word;
	}
	return NULL;
}

/* The fields of a page or table, lowest bit first; @frame is where its frame number stands. */
static void add_page(struct text *t, const struct kernel *k, uint64_t entry, unsigned level,
		     uint64_t frame)
{
	bool leaf = level == X86_PTE || (entry & X86_PSE);
	uint64_t pfn = ((entry ^ kernel_invert_mask(k, entry)) & frame) >> X86_PAGE_SHIFT;

	for (unsigned bit = 0; bit < 64; bit++) {
		uint64_t mask = UINT64_C(1) << bit;
		const struct numasim_x86_field *field;
		const char *word;

		if (mask == (frame & -frame))
			add(t, "pfn=0x%" PRIx64, pfn);
		if (mask == (X86_PKEY & -X86_PKEY) && (entry & X86_PKEY))
			add(t, "pkey=%u", (unsigned)((entry & X86_PKEY) >> X86_PKEY_SHIFT));
		if (!(entry & mask & ~(frame | X86_PKEY)))
			continue;
		word = linux_word(k, entry, mask, level, leaf);
		field = kernel_field_of_bit(bit, level, leaf);
		if (word || field)
			add(t, "%s", word ? word : field->word);
		else
			add(t, "bit%u", bit);
	}
}

static void add_marks(struct text *t, const struct kernel *k, uint64_t entry, uint64_t known)
{
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if ((flags[i].where & FLAG_SWAP) && (entry & entry_flag_mask(k, &flags[i])))
			add(t, "%s", flags[i].word);
	for (unsigned bit = 0; bit < 64; bit++)
		if (entry & ~known & UINT64_C(1) << bit)
			add(t, "bit%u", bit);
}

static void add_swap(struct text *t, const struct kernel *k, uint64_t entry)
{
	const struct entry_format *f = &k->format;
	enum swap_kind kind = kernel_swp_kind(k, entry);
	uint64_t number = kernel_swp_offset(k, entry);
	uint64_t known = f->swp_soft_dirty | f->swp_uffd_wp | f->swp_exclusive |
			 kernel_swp_entry_mask(k);
	unsigned marks = kernel_migration_marks(k, entry);

	add(t, "%s", kinds[kind].words);
	if (kind == SWAP_FILE)
		add(t, "type=%u", kernel_swp_type(k, entry));
	if (swap_kind_is_migration(kind))
		number &= ~kernel_migration_ad_bits(k);
	add(t, "%s=0x%" PRIx64, kinds[kind].payload, number);
	if (swap_kind_is_migration(kind) && (marks & MIGRATION_YOUNG))
		add(t, "young");
	if (swap_kind_is_migration(kind) && (marks & MIGRATION_DIRTY))
		add(t, "dirty");
	add_marks(t, k, entry, known);
}

int kernel_entry_print(const struct kernel *k, uint64_t entry, unsigned level, char *buf,
		       size_t size)
{
	struct text t = { buf, size, 0 };
	bool page = level == X86_PTE ? kernel_pte_present(k, entry) : kernel_pmd_present(k, entry);
	uint64_t frame = level == X86_PTE ? k->format.pfn_mask : kernel_pmd_frame_mask(k, entry);

	if (size)
		buf[0] = '\0';
	if (kernel_entry_none(k, entry)) {
		add(&t, "none");
		add_page(&t, k, entry, level, 0);
	} else if (page) {
		if (level == X86_PMD && !(entry & X86_PSE))
			add(&t, "table");
		add_page(&t, k, entry, level, frame);
	} else if (level == X86_PTE && kernel_pte_file(k, entry)) {
		add(&t, "file 0x%" PRIx64, entry);
	} else if (level == X86_PMD && !k->format.pmd_swap) {
		add(&t, "bad 0x%" PRIx64, entry);
	} else {
		add_swap(&t, k, entry);
	}
	return (int)t.len;
}
