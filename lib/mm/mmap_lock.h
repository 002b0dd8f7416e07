/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lock of an address space, and those of its mappings.
 *
 *   mmap_sem for writing   may change mappings, once each is marked by vma_start_write() (v6.4+)
 *   mmap_sem for reading   may look at them
 *   vm_lock for reading    may look at one VMA; not granted while the VMA is marked (v6.4+)
 *
 * A mark is the number mm_lock_seq in the VMA: giving mmap_sem back counts that number up, which
 * takes all marks away at once (include/linux/mm.h and mmap_lock.h, v6.4).
 */
#ifndef MM_MMAP_LOCK_H
#define MM_MMAP_LOCK_H

#include "mm/mm.h"

static inline void mmap_read_lock(struct mm_struct *mm)
{
	rwlock_take_read(&mm->mmap_sem);
}

static inline void mmap_read_unlock(struct mm_struct *mm)
{
	rwlock_release_read(&mm->mmap_sem);
}

static inline void mmap_write_lock(struct mm_struct *mm)
{
	rwlock_take_write(&mm->mmap_sem);
}

/* All marks go, then the lock; or it is kept for reading. */
void mmap_write_unlock(struct mm_struct *mm);
void mmap_write_downgrade(struct mm_struct *mm);

/* v6.4+: wait until no fault uses @vma under its own lock, and let none begin. mmap_sem is held for
 * writing. Before, nothing. */
void vma_start_write(struct vm_area_struct *vma);

#endif
