/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page faults: from the processor's error code to the retried instruction.
 *
 *   handle_page_fault()    which VMA, under which lock, may it (arch/x86/mm/fault.c)
 *     handle_mm_fault()    who else faults for somebody (GUP) starts here
 *       PMD empty, huge    thp_fault.c, cow_huge.c, hint_huge.c, hint_huge_generic.c
 *       PTE empty          anon.c, or the file's do_file_fault()
 *       PTE not present    fault_swap.c: a migration is waited for, or do_swap_fault()
 *       PTE a hint         hint_base.c, hint_protnone.c
 *       PTE present        fault_handle.c: A and D; cow.c: a write to what is shared
 */
#ifndef MM_FAULT_H
#define MM_FAULT_H

#include "mm/mm.h"

#include <errno.h>

/* How a fault is to be handled. */
enum fault_flag {
	FAULT_FLAG_WRITE = 1 << 0,
	FAULT_FLAG_INSTRUCTION = 1 << 1,
	FAULT_FLAG_USER = 1 << 2,     /* of an instruction; else of GUP */
	FAULT_FLAG_UNSHARE = 1 << 3,  /* v5.19+: break a share, without a write */
	FAULT_FLAG_VMA_LOCK = 1 << 4, /* v6.4+: only the VMA's own lock is held */
};

/* What came of it. Nothing set: the entry is mended, or has changed and is to be tried again. */
enum vm_fault_reason {
	VM_FAULT_OOM = 1 << 0,
	VM_FAULT_SIGBUS = 1 << 1,
	VM_FAULT_SIGSEGV = 1 << 2,
	VM_FAULT_WRITE = 1 << 3,    /* to v6.1: a share was broken (or was none), for GUP */
	VM_FAULT_RETRY = 1 << 4,    /* v6.4+: again, under the mmap lock; the VMA's is released */
	VM_FAULT_FALLBACK = 1 << 5, /* not as a huge page: go on with PTEs */
};
#define VM_FAULT_ERROR (VM_FAULT_OOM | VM_FAULT_SIGBUS | VM_FAULT_SIGSEGV)

/* A fault on its way through the handlers. */
struct vm_fault {
	struct mm_struct *mm;
	struct vm_area_struct *vma;
	uint64_t address; /* of the page */
	unsigned flags;	  /* enum fault_flag */
	uint64_t *pmd;
	uint64_t orig_pmd; /* as read without a lock */
	uint64_t *pte;	   /* NULL: there is no entry yet, or no table (v4.8+) */
	uint64_t orig_pte;
	struct lock *ptl; /* of the entry that is handled */
};

/* From the exception to the return to user mode. False: a signal, or no memory. */
bool handle_page_fault(struct mm_struct *mm, uint64_t address, uint32_t error_code);

/* Handle a fault at @address of @vma; mmap_sem (or the VMA's lock) is held for reading. enum
 * vm_fault_reason bits. */
unsigned handle_mm_fault(struct vm_area_struct *vma, uint64_t address, unsigned flags);

/* What that is to a system call: 0, -ENOMEM, -EFAULT (vm_fault_to_errno()). */
static inline int vm_fault_to_errno(unsigned reasons)
{
	return reasons & VM_FAULT_OOM ? -ENOMEM : reasons & VM_FAULT_ERROR ? -EFAULT : 0;
}

/* What an errno of the handlers of files and swap means here. */
unsigned fault_reason(int error);

/* May the VMA be accessed at all? (vma_is_accessible()) */
static inline bool vma_is_accessible(const struct vm_area_struct *vma)
{
	return vma->vm_flags & VM_ACCESS;
}

/* fault_stack.c: let the VM_GROWSDOWN mapping @vma begin at @address's page. 0, -EFAULT (it does
 * not grow), -EPERM, -ENOMEM. mmap_sem is held: for writing from 8d7071af8907 on. */
int expand_stack(struct vm_area_struct *vma, uint64_t address);
/* The VMA of @address under mmap_sem for reading, which may be dropped and taken again: one below
 * a stack makes it grow. NULL: none. (fault.c) */
struct vm_area_struct *find_vma_and_grow(struct mm_struct *mm, uint64_t address);
/* To v4.11: is the VMA's lowest page its guard? Then it grows by another. False: it cannot. */
bool check_stack_guard_page(struct vm_area_struct *vma, uint64_t address);

/* per_vma_lock.c, v6.4+: the VMA of @address, its lock held for reading; NULL: take mmap_sem. */
struct vm_area_struct *lock_vma_under_rcu(struct mm_struct *mm, uint64_t address);
void vma_end_read(struct vm_area_struct *vma);
/* anon_vma_prepare() for a fault: 0, VM_FAULT_OOM, VM_FAULT_RETRY (the VMA's lock is released). */
unsigned vmf_anon_prepare(struct vm_fault *vmf);

/* fault_swap.c: an entry that is neither empty nor present. */
unsigned do_swap_page(struct vm_fault *vmf);
/* Sleep until the page of the migration entry is unlocked (mm/migrate.c). */
void migration_entry_wait(struct mm_struct *mm, uint64_t address, uint64_t *pte);
void pmd_migration_entry_wait(struct mm_struct *mm, uint64_t *pmd);

/* cow.c, cow_huge.c: a write to an entry without RW. do_wp_page() is called with the lock held
 * and releases it. */
unsigned do_wp_page(struct vm_fault *vmf);
unsigned do_huge_pmd_wp_page(struct vm_fault *vmf);

/* Hint faults on base pages (hint_base.c to v3.19, hint_protnone.c) and huge ones (hint_huge.c to
 * v5.13, hint_huge_generic.c). */
void do_numa_page(struct vm_fault *vmf);
void do_numa_page_protnone(struct vm_fault *vmf);
void do_huge_pmd_numa_page(struct vm_fault *vmf);
void do_huge_pmd_numa_page_generic(struct vm_fault *vmf);
/* 3.8 to 3.12: a PMD that points to a table can itself be marked (do_pmd_numa_page). */
void do_pmd_numa_page(struct vm_fault *vmf);

/* The draft 14/15 of mail 004: sample a stamp at entry, flush at the end if it changed. */
uint64_t numa_fault_prepare(struct mm_struct *mm);
void numa_fault_commit(struct mm_struct *mm, struct vm_area_struct *vma, uint64_t start,
		       unsigned pages, uint64_t stamp);

/* The simulated kernel stops here: BUG_ON, a wild pointer. The context does not come back. */
void kernel_oops(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
