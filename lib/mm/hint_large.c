/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hint fault in a huge page that PTEs map, v6.10 to v6.12: all hints of the page in this table
 * and VMA become accessible with one fault (numa_rebuild_large_mapping(), mm/memory.c).
 *
 *	 table   | . . [ h h h H h . h ] . . |     H: the fault; h: hints; . : anything else
 *		       <- the page ->
 */
#include "mm/hint_common.h"
#include "mm/ranges.h"

/* Where the page would begin if the fault's part stands where it does. */
static void bounds(const struct numa_hint *h, uint64_t *start, uint64_t *end)
{
	const struct vm_fault *vmf = h->vmf;
	uint64_t pfn = kernel_pte_pfn(current_kernel(), vmf->orig_pte);
	uint64_t before = (uint64_t)page_part(h->page, pfn) << FRAME_SHIFT;
	uint64_t table = vmf->address & HPAGE_MASK, page = vmf->address - before;

	*start = page > table && page <= vmf->address ? page : table;
	*end = page + HPAGE_SIZE < table + HPAGE_SIZE ? page + HPAGE_SIZE : table + HPAGE_SIZE;
	if (*start < vmf->vma->vm_start)
		*start = vmf->vma->vm_start;
	if (*end > vmf->vma->vm_end)
		*end = vmf->vma->vm_end;
}

static void restore_part(struct numa_hint *h, uint64_t address, pte_t *pte)
{
	struct vm_area_struct *vma = h->vmf->vma;
	pte_t entry = entry_read(pte);

	if (!pte_present(entry) || !pte_numa(entry) || pte_page(entry) != h->page)
		return;
	entry = entry_get_and_clear(vma->vm_mm, address, pte);
	entry = kernel_pte_modify(current_kernel(), entry, vm_page_prot(vma));
	if (pte_write(entry) ||
	    (hint_wants_write(vma) && can_change_pte_writable(vma, address, entry)))
		entry = pte_mkwrite(entry);
	set_pte_at(vma->vm_mm, address, pte, pte_mkyoung(entry));
}

void hint_restore_others(struct numa_hint *h)
{
	pte_t *table = h->vmf->pte - x86_slot(h->vmf->address, 1);
	uint64_t start, end;

	bounds(h, &start, &end);
	for (uint64_t at = start; at < end; at += FRAME_SIZE)
		if (at != h->vmf->address)
			restore_part(h, at, &table[x86_slot(at, 1)]);
}
