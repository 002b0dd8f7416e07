/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * __get_user_pages() for one page (v3.8 mm/memory.c, v3.16+ mm/gup.c).
 *
 *	may the VMA be used so?
 *	look ---- found: a reference, done
 *	 ^ `----- not so: a fault, as the access would make it
 *	 `--------------'
 *
 * Where the VMA may not be written the entry never gets RW, so a forced write must know otherwise
 * that the share is broken:
 *
 *   v3.8 to v4.8    it goes on as if it only read, once a write fault has broken the share (C1)
 *   v4.9 to v5.19   it remembers that (FOLL_COW), and wants to see D as well (C2)
 *   v6.0 on         the page must be anonymous, and this process's alone
 */
#include "mm/gup.h"

#include "mm/bits.h"
#include "mm/fault.h"
#include "mm/page.h"
#include "mm/zap.h"

#include <errno.h>

/*
 * To v3.14 a forced write asks only if the mapping could be made writable; then (cda540ace6a1) only
 * private ones will do.
 */
static bool may_force_write(const struct vm_area_struct *vma)
{
	if (!has(ROW_GUP_FORCE_PRIVATE))
		return vma->vm_flags & VM_MAYWRITE;
	return is_cow_mapping(vma);
}

/* check_vma_flags() */
static int check_vma_flags(const struct vm_area_struct *vma, unsigned flags)
{
	bool force = flags & FOLL_FORCE, may;

	if (vma->vm_flags & (VM_IO | VM_PFNMAP))
		return -EFAULT;
	if (flags & FOLL_WRITE)
		may = vma->vm_flags & VM_WRITE || (force && may_force_write(vma));
	else
		may = vma->vm_flags & VM_READ || (force && vma->vm_flags & VM_MAYREAD);
	if (!may)
		return -EFAULT;
	return vma->vm_flags & VM_HUGETLB ? -EOPNOTSUPP : 0;
}

/* find_extend_vma(); from 8d7071af8907 on a stack does not grow here. */
static struct vm_area_struct *find_extend_vma(struct mm_struct *mm, uint64_t address)
{
	struct vm_area_struct *vma = find_vma(mm, address);

	if (!vma || vma->vm_start <= address)
		return vma;
	if (has(ROW_STACK_WRITE_LOCK) || expand_stack(vma, address))
		return NULL;
	return vma;
}

/* v5.8: whoever takes a page out of a mapping that may be shared by fork has it to himself first,
 * even if he only reads (should_force_cow_break()). */
static bool breaks_any_share(const struct vm_area_struct *vma)
{
	return has(ROW_C3_COW_BREAK) && is_cow_mapping(vma);
}

/*
 * A write fault says VM_FAULT_WRITE when the share is broken, or was none. In a VMA that may be
 * written the entry has RW then, and says so itself.
 */
static void remember_cow(struct gup *g)
{
	if (g->vma->vm_flags & VM_WRITE)
		return;
	if (has(ROW_C1_DIRTY_COW))
		g->flags |= FOLL_COW;
	else
		g->flags &= ~FOLL_WRITE;
}

/* faultin_page() */
static int fault_in(struct gup *g, bool unshare)
{
	unsigned write = g->flags & FOLL_WRITE ? FAULT_FLAG_WRITE : 0;
	unsigned ret = handle_mm_fault(g->vma, g->address, unshare ? FAULT_FLAG_UNSHARE : write);

	if (ret & VM_FAULT_ERROR)
		return vm_fault_to_errno(ret);
	if (ret & VM_FAULT_WRITE && !has(ROW_C6_FORCE_EXCLUSIVE))
		remember_cow(g);
	return 0;
}

/* Run straight through nobody else can change what the fault leaves as it is. */
#define ROUNDS_IN_VAIN 64

/*
 * The head of the loop: only flags are carried around. What was known at its first beginning,
 * @known, stays known, and rounds that come to nothing lead back to the same state.
 */
static void begin_round(const struct gup *g, unsigned round, uint64_t known)
{
	if (direct() && round > ROUNDS_IN_VAIN) {
		violate(ORACLE_LIVELOCK, NULL, 0,
			"get_user_pages() faults %#llx in for ever, and never finds it",
			(unsigned long long)g->address);
		context_die();
	}
	if (!direct() && round > 1)
		point_rest(g->address, (uint64_t[]){known, g->flags}, 2);
}

static int look_and_fault(struct gup *g)
{
	const uint64_t known = direct() ? 0 : exec_current->running->observed;

	for (unsigned round = 0;; round++) {
		int ret;

		begin_round(g, round, known);
		ret = gup_follow(g);
		if (ret <= 0)
			return ret;
		ret = fault_in(g, ret == GUP_UNSHARE);
		if (ret)
			return ret;
	}
}

/* From v5.9 on fork and others ask if an address space ever had a pin. */
static void note_pin(struct mm_struct *mm)
{
	if (!has(ROW_FORK_COPIES_PINNED))
		return;
	point(POINT_WRITE, MM_OBJECT(mm, MM_HAS_PINNED), ACCESS_WRITE);
	mm->has_pinned = 1;
}

int get_user_page(uint64_t *pfn, struct mm_struct *mm, uint64_t address, unsigned foll_flags)
{
	struct gup g = {.address = address & PAGE_MASK_4K, .flags = foll_flags};
	int ret;

	if (foll_flags & FOLL_PIN)
		note_pin(mm);
	g.vma = find_extend_vma(mm, g.address);
	if (!g.vma)
		return -EFAULT;
	ret = check_vma_flags(g.vma, foll_flags);
	if (ret)
		return ret;
	if (breaks_any_share(g.vma))
		g.flags |= FOLL_WRITE;
	ret = look_and_fault(&g);
	if (ret)
		return ret;
	*pfn = g.pfn;
	event(EVENT_PINNED, address);
	return 0;
}

void put_user_page(uint64_t pfn, unsigned foll_flags)
{
	struct page *page = pfn_to_page(current_machine(), pfn);

	if (page->flags & PAGE_ZERO) /* nobody counts who uses it */
		return;
	if (foll_flags & FOLL_PIN)
		page_unpin(page);
	else
		put_page(page);
}
