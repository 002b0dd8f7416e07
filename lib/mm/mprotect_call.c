/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mprotect(): v3.8 to v6.12 mm/mprotect.c. One VMA after the other gets its new rights: limits,
 * then cut or merged, then its entries; an error in the middle leaves what is done.
 */
#include "mm/abi.h"
#include "mm/bits.h"
#include "mm/mm_account.h"
#include "mm/mmap.h"
#include "mm/mmap_lock.h"
#include "mm/ranges.h"
#include "mm/syscalls.h"
#include "mm/vma_change.h"

#include <errno.h>

/* A range and what it is to have. */
struct protect {
	struct mm_struct *mm;
	struct mmu_gather tlb; /* v5.19+: one for all */
	uint64_t start, end;
	uint64_t rights; /* VM_READ, VM_WRITE, VM_EXEC */
};

/* RLIMIT_DATA, and a promise of memory for copies; v6.7+ takes a promise back that nobody used. */
static int charge(const struct vm_area_struct *vma, uint64_t *new, uint64_t pages)
{
	const struct mm_struct *mm = vma->vm_mm;
	uint64_t old = vma->vm_flags;

	if (!(*new & VM_WRITE)) {
		if (vma_is_anonymous(vma) && !vma->anon_vma && has(ROW_MPROTECT_UNACCOUNT))
			*new &= ~(uint64_t)VM_ACCOUNT;
		return 0;
	}
	if (!may_expand_vm(mm, *new, pages) && may_expand_vm(mm, old, pages))
		return -ENOMEM;
	if (old & (VM_ACCOUNT | VM_WRITE | VM_HUGETLB | VM_SHARED | VM_NORESERVE))
		return 0;
	if (!vm_enough_memory(pages))
		return -ENOMEM;
	*new |= VM_ACCOUNT;
	return 0;
}

/* What entries may become at once. To v5.18 only those of files that are dirty already. */
static unsigned change_flags(const struct vm_area_struct *vma)
{
	bool notify = vma_wants_writenotify(vma);

	if (!has(ROW_MPROTECT_WRITABLE))
		return notify ? CP_DIRTY_ACCT : 0;
	if (vma->vm_flags & VM_SHARED)
		return notify ? CP_TRY_WRITABLE : 0;
	return vma->vm_flags & VM_WRITE ? CP_TRY_WRITABLE : 0;
}

static void change_entries(struct protect *p, struct vm_area_struct *vma, uint64_t start,
			   uint64_t end)
{
	uint64_t prot = vm_page_prot(vma);

	if (has(ROW_MPROTECT_GATHER))
		change_protection_gather(&p->tlb, vma, start, end, prot, change_flags(vma));
	else
		change_protection(vma, start, end, prot, change_flags(vma));
}

static int mprotect_fixup(struct protect *p, struct vm_area_struct **vma,
			  struct vm_area_struct *prev, uint64_t start, uint64_t end, uint64_t new)
{
	uint64_t old = (*vma)->vm_flags, pages = (end - start) >> FRAME_SHIFT;
	int ret;

	if (new == old)
		return 0;
	ret = charge(*vma, &new, pages) ?:
	      vma_modify(vma, prev, start, end, new, (*vma)->vm_policy);
	if (ret)
		return ret;
	vma_start_write(*vma);
	vma_set_flags(*vma, new); /* of all of it: neighbours that merged may lose VM_SOFTDIRTY */
	change_entries(p, *vma, start, end);
	if ((old & (VM_WRITE | VM_SHARED | VM_LOCKED)) == VM_LOCKED && new & VM_WRITE &&
	    has(ROW_MPROTECT_POPULATE))
		populate_vma_range(*vma, start, end);
	vm_stat_account(p->mm, old, -(int64_t)pages);
	vm_stat_account(p->mm, new, pages);
	return 0;
}

/* New rights must be among those that the mapping may have. */
static bool may_have(uint64_t vm_flags, uint64_t rights)
{
	uint64_t may = (vm_flags & VM_MAYREAD ? VM_READ : 0) |
		       (vm_flags & VM_MAYWRITE ? VM_WRITE : 0) |
		       (vm_flags & VM_MAYEXEC ? VM_EXEC : 0);

	return !(rights & ~may);
}

static int protect_vmas(struct protect *p, struct vm_area_struct *vma)
{
	struct vm_area_struct *prev = p->start > vma->vm_start ? vma : vma_prev(vma);
	uint64_t at = p->start;

	for (;;) {
		uint64_t to = vma->vm_end < p->end ? vma->vm_end : p->end;
		int ret;

		if (!may_have(vma->vm_flags, p->rights))
			return -EACCES;
		ret = mprotect_fixup(p, &vma, prev, at, to,
				     (vma->vm_flags & ~(uint64_t)VM_ACCESS) | p->rights);
		if (ret)
			return ret;
		at = to < vma->vm_end ? vma->vm_end : to;
		if (at >= p->end)
			return 0;
		prev = vma;
		vma = vma_next(vma);
		if (!vma || vma->vm_start != at)
			return -ENOMEM;
	}
}

/* The first VMA, by the rules of PROT_GROWSDOWN and PROT_GROWSUP, which no stack here has. */
static int first_vma(struct protect *p, unsigned long grows, struct vm_area_struct **out)
{
	struct vm_area_struct *vma = find_vma(p->mm, p->start);

	if (!vma)
		return -ENOMEM;
	*out = vma;
	if (grows & PROT_GROWSDOWN) {
		if (vma->vm_start >= p->end)
			return -ENOMEM;
		p->start = vma->vm_start;
		return vma->vm_flags & VM_GROWSDOWN ? 0 : -EINVAL;
	}
	if (vma->vm_start > p->start)
		return -ENOMEM;
	return grows & PROT_GROWSUP ? -EINVAL : 0;
}

static uint64_t rights_of(unsigned long prot)
{
	return (prot & PROT_READ ? VM_READ : 0) | (prot & PROT_WRITE ? VM_WRITE : 0) |
	       (prot & PROT_EXEC ? VM_EXEC : 0);
}

static long locked_mprotect(struct protect *p, unsigned long grows)
{
	struct vm_area_struct *vma;
	long ret = first_vma(p, grows, &vma);

	if (ret)
		return ret;
	if (has(ROW_MPROTECT_GATHER))
		tlb_gather_mmu(&p->tlb, p->mm, p->start, p->end);
	ret = protect_vmas(p, vma);
	if (has(ROW_MPROTECT_GATHER))
		tlb_finish_mmu(&p->tlb, p->start, p->end);
	return ret;
}

long sys_mprotect(uint64_t start, uint64_t len, unsigned long prot)
{
	unsigned long grows = prot & (PROT_GROWSDOWN | PROT_GROWSUP);
	struct protect p = {.mm = current_task()->mm, .start = start, .rights = rights_of(prot)};
	long ret;

	prot &= ~grows;
	if (grows == (PROT_GROWSDOWN | PROT_GROWSUP) || OFFSET_IN_PAGE(start))
		return -EINVAL;
	if (!len)
		return 0;
	p.end = start + PAGE_ALIGN(len);
	if (p.end <= start)
		return -ENOMEM;
	if (prot & ~(unsigned long)(PROT_READ | PROT_WRITE | PROT_EXEC | PROT_SEM))
		return -EINVAL;
	mmap_write_lock(p.mm);
	ret = locked_mprotect(&p, grows);
	mmap_write_unlock(p.mm);
	return ret;
}
