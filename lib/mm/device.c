/* SPDX-License-Identifier: BSD-2-Clause */
/* v3.8 to v6.12, mm/memory.c: insert_page(), insert_pfn(), remap_pfn_range(). */
#include "mm/device.h"

#include "mm/bits.h"
#include "mm/fault.h"
#include "mm/gfp.h"
#include "mm/page.h"
#include "mm/rmap.h"

#include <errno.h>

void device_free_pages(struct page **page, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++) {
		page_flags_clear(page[i], PAGE_RESERVED);
		put_page(page[i]);
	}
}

int device_alloc_pages(struct page **page, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++) {
		page[i] = alloc_page_task(GFP_ZERO, 0);
		if (!page[i]) {
			device_free_pages(page, i);
			return -ENOMEM;
		}
		page_flags_set(page[i], PAGE_RESERVED | PAGE_UPTODATE);
	}
	return 0;
}

static bool in_vma(const struct vm_area_struct *vma, uint64_t address)
{
	return address >= vma->vm_start && address < vma->vm_end;
}

/* get_locked_pte(): the entry for @address, its table made and locked. NULL: no memory. */
static pte_t *get_locked_pte(struct vm_area_struct *vma, uint64_t address)
{
	pte_t *pte = entry_alloc(vma->vm_mm, address, 1);

	if (pte)
		lock_take(pte_lockptr(vma->vm_mm, pte));
	return pte;
}

int vm_insert_page(struct vm_area_struct *vma, uint64_t address, struct page *page)
{
	struct mm_struct *mm = vma->vm_mm;
	pte_t *pte;
	bool empty;

	if (!in_vma(vma, address))
		return -EFAULT;
	if (!page_count(page))
		return -EINVAL;
	if (!(vma->vm_flags & VM_MIXEDMAP)) {
		if (vma->vm_flags & VM_PFNMAP)
			kernel_oops("BUG_ON(vma->vm_flags & VM_PFNMAP) in vm_insert_page");
		vma_set_flags(vma, vma->vm_flags | VM_MIXEDMAP);
	}
	if (page->flags & PAGE_ANON)
		return -EINVAL;
	pte = get_locked_pte(vma, address & PAGE_MASK_4K);
	if (!pte)
		return -ENOMEM;
	empty = pte_none(entry_read(pte));
	if (empty) {
		get_page(page);
		mm->rss[mm_counter(page)]++;
		page_add_file_rmap(page);
		set_pte_at(mm, address & PAGE_MASK_4K, pte, mk_pte(page, vm_page_prot(vma)));
	}
	lock_release(pte_lockptr(mm, pte));
	return empty ? 0 : -EBUSY;
}

static int insert_pfn(struct vm_area_struct *vma, uint64_t address, uint64_t pfn)
{
	const struct kernel *k = current_kernel();
	struct mm_struct *mm = vma->vm_mm;
	pte_t *pte;
	bool empty;

	if (!in_vma(vma, address))
		return -EFAULT;
	address &= PAGE_MASK_4K;
	pte = get_locked_pte(vma, address);
	if (!pte)
		return -ENOMEM;
	empty = pte_none(entry_read(pte));
	if (empty)
		set_pte_at(mm, address, pte,
			   kernel_pte_mkspecial(k, kernel_mk_pte(k, pfn, vm_page_prot(vma))));
	lock_release(pte_lockptr(mm, pte));
	return empty ? 0 : -EBUSY;
}

int vm_insert_pfn(struct vm_area_struct *vma, uint64_t address, uint64_t pfn)
{
	if ((vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) != VM_PFNMAP)
		kernel_oops("BUG_ON in vm_insert_pfn: the mapping is not VM_PFNMAP");
	return insert_pfn(vma, address, pfn);
}

int vm_insert_mixed(struct vm_area_struct *vma, uint64_t address, uint64_t pfn)
{
	if (!(vma->vm_flags & VM_MIXEDMAP))
		kernel_oops("BUG_ON(!(vma->vm_flags & VM_MIXEDMAP)) in vm_insert_mixed");
	return insert_pfn(vma, address, pfn);
}

static bool is_cow_mapping(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
}

int remap_pfn_range(struct vm_area_struct *vma, uint64_t address, uint64_t pfn, uint64_t size)
{
	uint64_t end = address + ((size + FRAME_SIZE - 1) & PAGE_MASK_4K);
	int ret = 0;

	if (address & ~PAGE_MASK_4K || end <= address || address < vma->vm_start ||
	    end > vma->vm_end)
		return -EINVAL;
	if (is_cow_mapping(vma)) { /* vm_normal_page() finds the copies by it */
		if (address != vma->vm_start || end != vma->vm_end)
			return -EINVAL;
		vma->vm_pgoff = pfn;
	}
	vma_set_flags(vma, vma->vm_flags | VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	for (; address < end && !ret; address += FRAME_SIZE, pfn++) {
		ret = insert_pfn(vma, address, pfn);
		if (ret == -EBUSY)
			kernel_oops("BUG_ON(!pte_none(*pte)) in remap_pte_range");
	}
	return ret;
}
