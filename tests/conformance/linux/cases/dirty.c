/* SPDX-License-Identifier: BSD-2-Clause */
/* Who accessed and who wrote: clear_refs. */
#include "case.h"

static void soft_dirty(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 4 * PAGE, RW), h = map_huge(a, HUGE_PAGE, RW);

	write_pages(a, p, 2 * PAGE);
	read_pages(a, p + 2 * PAGE, PAGE);
	store(a, h, 1);
	count();
	step("cleared");
	clear_refs(a, 4);
	look(a, p);
	look(a, p + 2 * PAGE);
	look(a, p + 3 * PAGE);
	look(a, h);
	smaps(a, p);
	step("read");
	load(a, p);
	entries(a, p);
	counters();
	step("written");
	write_pages(a, p, 4 * PAGE);
	store(a, h, 2);
	counters();
	look(a, p);
	look(a, p + 2 * PAGE);
	look(a, p + 3 * PAGE);
	look(a, h);
}

static void referenced(void)
{
	struct actor *a = process("a", cpu_of(0, 0));
	uint64_t p = map(a, 4 * PAGE, RW);

	write_pages(a, p, 2 * PAGE);
	read_pages(a, p + 2 * PAGE, PAGE);
	step("forgotten");
	clear_refs(a, 1);
	look(a, p);
	look(a, p + 2 * PAGE);
	smaps(a, p);
	step("written");
	move(a, cpu_of(1, 0)); /* where no TLB remembers the entry with its A bit */
	store(a, p, 2);
	look(a, p);
	smaps(a, p);
	step("forgotten in mappings of files only");
	clear_refs(a, 3);
	entries(a, p);
}

/* What is new since the marks were cleared counts as written, and so does what moved. */
static void soft_dirty_of_new(void)
{
	struct actor *a = process("a", cpu_of(0, 0)), *b;
	uint64_t p = map(a, 4 * PAGE, RW), q, to = place(2 * PAGE);

	write_pages(a, p, 4 * PAGE);
	clear_refs(a, 4);
	count();
	step("mapped anew");
	q = map(a, 2 * PAGE, RW);
	load(a, q);
	look(a, q);
	smaps(a, q);
	step("moved");
	remap(a, p + 2 * PAGE, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to);
	look(a, to);
	smaps(a, to);
	step("forked");
	b = forked(a, "b");
	look(a, p);
	look(b, p);
	step("the child writes");
	store(b, p, 2);
	counters();
	look(a, p);
	look(b, p);
	step("rights taken and given");
	protect(a, p, 2 * PAGE, PROT_NONE);
	protect(a, p, 2 * PAGE, RW);
	look(a, p + PAGE);
	step("thrown away and written");
	advise(a, p + PAGE, PAGE, MADV_DONTNEED);
	store(a, p + PAGE, 3);
	look(a, p + PAGE);
	counters();
}

const struct conformance_case dirty_cases[] = {
	{"soft-dirty", soft_dirty, ON_PLAIN},
	{"referenced", referenced, ON_PLAIN},
	{"soft-dirty-of-new", soft_dirty_of_new, ON_PLAIN},
	{0},
};
