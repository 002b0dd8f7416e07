/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which page an entry counts for: vm_normal_page(), mm/memory.c of v3.8 to v6.12.
 *
 * x86 has a bit for entries that count for none: a driver's frames that were put in by number, and
 * the page of zeroes. Nothing else is asked, not even whose mapping it is. So in v3.16, where such
 * an entry without P does not look special (A26), its frame is taken for a page.
 */
#include "mm/fault.h"
#include "mm/zap.h"

/* highest_memmap_pfn: no frame behind it has a record. */
static uint64_t highest_pfn(const struct numasim_machine *m)
{
	uint64_t highest = 0;

	for (unsigned i = 0; i < m->nr_nodes; i++) {
		const struct node *node = &m->node[i];

		if (node->nr_frames && node->start_pfn + node->nr_frames - 1 > highest)
			highest = node->start_pfn + node->nr_frames - 1;
	}
	return highest;
}

/*
 * A frame that is no memory. Behind all memory the kernel says "BUG: Bad page map" in its log and
 * goes on; in a hole between memory the record of the page is looked at, and is not there. (A hole
 * is as large as sections of the kernel's array of records here, 128 MiB.)
 */
static void no_such_page(uint64_t pfn)
{
	if (pfn <= highest_pfn(current_machine()))
		kernel_oops("frame %#llx is no memory, and the record of its page is not there",
			    (unsigned long long)pfn);
	note("BUG: Bad page map: frame %#llx", (unsigned long long)pfn);
}

struct page *vm_normal_page(const struct vm_area_struct *vma, uint64_t address, pte_t pte)
{
	struct page *page;

	if (pte_special(pte))
		return NULL;
	page = pte_page(pte);
	if (!page)
		no_such_page(kernel_pte_pfn(current_kernel(), pte));
	return page;
}
