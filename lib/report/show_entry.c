/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page-table entries: raw, in the words of the table that the kernel's predicates read, the page
 * that they lead to, and which predicates hold.
 *
 *	PMD of P:x     0x8000000040a000e7  P RW US A D PSE pfn=0x40a00 NX
 *	               page #4 (2M, node 0); pmd_present, pmd_trans_huge, pmd_write, ...
 */
#include "report/show.h"

#include "kernel/entry.h"
#include "kernel/public.h"
#include "kernel/text.h"
#include "mm/entry.h"

#include <inttypes.h>
#include <numasim/release.h>
#include <numasim/x86.h>
#include <string.h>

#define TOP_LEVEL 4

static const char *const level_name[] = {"", "PTE", "PMD", "PUD", "PGD"};

void show_entry_text(const struct numasim_machine *m, uint64_t entry, unsigned level, char *text,
		     size_t size)
{
	if (level <= X86_PMD)
		kernel_entry_print(m->kernel, entry, level, text, size);
	else
		numasim_x86_print_entry(text, size, entry, level);
}

/* The names of the predicates that hold, after what came before on the line. */
static void show_predicates(const struct show *s, uint64_t entry, unsigned level,
			    const char *separator)
{
	struct numasim_kernel kernel = {.kernel = *s->m->kernel};
	struct numasim_entry decoded;
	/* The kernel asks pmd_bad() only about what is neither empty nor a huge page. */
	bool ruled_out = level == X86_PMD && (kernel_pmd_none(s->m->kernel, entry) ||
					  kernel_pmd_leaf(s->m->kernel, entry));

	if (numasim_entry_decode(&decoded, &kernel, entry, level))
		return;
	for (size_t i = 0; i < decoded.nr_predicates; i++) {
		if (decoded.holds[i] <= 0)
			continue;
		if (ruled_out && !strcmp(decoded.predicate[i], "pmd_bad"))
			continue;
		fprintf(s->out, "%s%s", separator, decoded.predicate[i]);
		separator = ", ";
	}
}

static void show_found(const struct show *s, const struct mm_struct *mm, uint64_t va,
		       unsigned level, uint64_t entry)
{
	const struct page *page = entry ? entry_frame_page(s->m, entry, level) : NULL;
	char head[SHOW_NAME + 16], text[KERNEL_ENTRY_TEXT];

	show_entry_text(s->m, entry, level, text, sizeof(text));
	snprintf(head, sizeof(head), "%s of %s", level_name[level], SHOW_ADDRESS(s, mm, va));
	fprintf(s->out, "%-14s 0x%016" PRIx64 "  %s\n%14s ", head, entry, text, "");
	if (page)
		show_page(s, page);
	if (level <= X86_PMD)
		show_predicates(s, entry, level, page ? "; " : "");
	fputc('\n', s->out);
}

/* Why there is no entry of @level: the one above that ends the walk. */
static void show_missing(const struct show *s, struct mm_struct *mm, uint64_t va, unsigned level)
{
	unsigned above = level + 1;
	char text[KERNEL_ENTRY_TEXT];
	uint64_t *entry = NULL;

	while (above <= TOP_LEVEL && !(entry = entry_find(s->m, mm, va, above)))
		above++;
	if (!entry) {
		fprintf(s->out, "no %s for %s: the process has no page tables yet\n",
			level_name[level], SHOW_ADDRESS(s, mm, va));
		return;
	}
	show_entry_text(s->m, *entry, above, text, sizeof(text));
	fprintf(s->out, "no %s for %s: its %s is \"%s\"\n", level_name[level],
		SHOW_ADDRESS(s, mm, va), level_name[above], text);
}

void show_entry(const struct show *s, struct mm_struct *mm, uint64_t va, unsigned level)
{
	uint64_t *entry = entry_find(s->m, mm, va, level);

	if (entry)
		show_found(s, mm, va, level, *entry);
	else
		show_missing(s, mm, va, level);
}

void show_entries(const struct show *s, struct mm_struct *mm, uint64_t va)
{
	for (unsigned level = TOP_LEVEL; level; level--) {
		show_entry(s, mm, va, level);
		if (!entry_find(s->m, mm, va, level))
			return;
	}
}
