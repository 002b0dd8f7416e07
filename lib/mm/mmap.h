/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of mmap() that other calls use. mmap_sem is held for writing unless said otherwise. */
#ifndef MM_MMAP_H
#define MM_MMAP_H

#include "mm/mm.h"

#define MMAP_MIN_ADDR	UINT64_C(65536)
#define STACK_GUARD_GAP (UINT64_C(256) << FRAME_SHIFT) /* v4.12+ */

/* Where the gaps of growing stacks begin; @vma itself where it is none. */
uint64_t vm_start_gap(const struct vm_area_struct *vma);

/* Fill in an empty address space's layout, as exec() of a program of no bytes. */
void mm_layout(struct mm_struct *mm);

/*
 * Where a mapping of @len bytes goes: @addr with MAP_FIXED, near it if that is free, else the
 * highest room. @file NULL: anonymous. The address, or an error.
 */
long get_unmapped_area(struct mm_struct *mm, const struct file *file, uint64_t addr, uint64_t len,
		       unsigned long flags);

/* The mappings of [start, start + len) go. *@downgraded (NULL: keep the lock as it is): the lock
 * is now held for reading. 0, -EINVAL, -ENOMEM. */
int do_munmap(struct mm_struct *mm, uint64_t start, uint64_t len, bool *downgraded);

/* The same once start and end are known to be right and something is mapped there: from @vma on. */
int do_munmap_aligned(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t start,
		      uint64_t end, bool *downgraded);

/* Pages of [start, end) that are mapped. */
uint64_t count_vma_pages_range(struct mm_struct *mm, uint64_t start, uint64_t end);

/*
 * Fault in what of [start, start + len) is mapped, as an access would that VMAs with VM_WRITE and
 * not shared see as a write; mmap_sem is not held (__mm_populate(), mm/gup.c, mm/mlock.c before
 * v3.18). 0, -ENOMEM, -EFAULT; @ignore_errors: go on with the next VMA.
 */
int mm_populate(struct mm_struct *mm, uint64_t start, uint64_t len, bool ignore_errors);

/* The same for one VMA; mmap_sem is held for reading or writing. 0, -ENOMEM, -EFAULT. */
int populate_vma_range(struct vm_area_struct *vma, uint64_t start, uint64_t end);

/* Fault in [start, end) of one VMA with an access of exactly this kind: no right is forced. @some:
 * the call that does it has had pages of the VMA before. -EINVAL: the VMA has no such right, or no
 * pages of its own. */
int populate_range(struct vm_area_struct *vma, uint64_t start, uint64_t end, bool write, bool some);

#endif
