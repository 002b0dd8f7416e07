/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dup_mmap(): the child's mappings, one by one, with the parent's lock held for writing
 * (kernel/fork.c, v3.8 to v6.12).
 *
 *	parent	  [ private ][ DONTCOPY ][ WIPEONFORK ][ locked ][ shared ]
 *	child	  [ private ]		 [ empty      ][ not    ][ shared ]
 *		    `- both read-only at first		    `- tables may be left out
 *
 * The child's own lock is not taken: nobody knows the child. When memory runs out, what was copied
 * so far goes as at an exit.
 */
#include "exec/var.h"
#include "mm/file.h"
#include "mm/mempolicy.h"
#include "mm/mm_account.h"
#include "mm/mm_life.h"
#include "mm/mmap_lock.h"
#include "mm/observe.h"
#include "mm/ranges.h"
#include "mm/rmap.h"
#include "mm/tlb.h"
#include "mm/vma_change.h"

#include <errno.h>
#include <string.h>

/* The copy, in no list and of no family, with references to what it refers to. */
static struct vm_area_struct *copy_vma_struct(struct mm_struct *mm,
					      const struct vm_area_struct *old)
{
	struct vm_area_struct *new = vma_alloc(mm);

	if (!new)
		return NULL;
	new->vm_start = old->vm_start;
	new->vm_end = old->vm_end;
	new->vm_flags = old->vm_flags & ~(uint64_t)(VM_LOCKED | VM_LOCKONFAULT);
	new->vm_pgoff = old->vm_pgoff;
	if (mpol_copy(&new->vm_policy, old->vm_policy)) {
		vma_free(new);
		return NULL;
	}
	new->vm_file = old->vm_file;
	if (new->vm_file)
		file_get(new->vm_file);
	return new;
}

static int copy_entries(struct vm_area_struct *new, struct vm_area_struct *old)
{
	if (new->vm_flags & VM_WIPEONFORK)
		return 0;
	return copy_page_range(new, old);
}

static int dup_vma(struct mm_struct *mm, struct vm_area_struct *old)
{
	struct vm_area_struct *new;
	int ret = 0;

	if (old->vm_flags & VM_ACCOUNT && !vm_enough_memory(vma_pages(old)))
		return -ENOMEM;
	new = copy_vma_struct(mm, old);
	if (!new)
		return -ENOMEM;
	if (!(new->vm_flags & VM_WIPEONFORK))
		ret = anon_vma_fork(new, old);
	if (!ret && new->vm_file)
		ret = file_vma_link(new, old);
	if (ret) {
		vma_destroy(new);
		return ret;
	}
	vma_link(mm, new);
	return copy_entries(new, old);
}

static int dup_vmas(struct mm_struct *mm, struct mm_struct *oldmm)
{
	struct vm_area_struct *vma;
	int ret = 0;

	for (vma = vma_first(oldmm); vma && !ret; vma = vma_next(vma)) {
		if (has(ROW_FORK_LOCKS_VMAS))
			vma_start_write(vma);
		if (vma->vm_flags & VM_DONTCOPY)
			vm_stat_account(mm, vma->vm_flags, -(int64_t)vma_pages(vma));
		else
			ret = dup_vma(mm, vma);
	}
	return ret;
}

/* What an mm inherits beside its mappings: layout, limits, what is due to the scanner. */
static void copy_fields(struct mm_struct *mm, const struct mm_struct *old)
{
	static const enum mm_field shared[] = {MM_FLUSH_BATCHED, MM_NEXT_SCAN, MM_SCAN_OFFSET,
					       MM_SCAN_SEQ};

	mm->setup_base = old->setup_base;
	mm->task_size = old->task_size;
	mm->mmap_base = old->mmap_base;
	mm->start_brk = old->start_brk;
	mm->brk = old->brk;
	mm->start_stack = old->start_stack;
	mm->start_code = old->start_code;
	mm->end_code = old->end_code;
	mm->start_data = old->start_data;
	mm->end_data = old->end_data;
	mm->def_flags = old->def_flags & VM_NOHUGEPAGE; /* VM_INIT_DEF_MASK */
	mm->rlimit_as = old->rlimit_as;
	mm->rlimit_data = old->rlimit_data;
	mm->rlimit_stack = old->rlimit_stack;
	mm->rlimit_memlock = old->rlimit_memlock;
	mm->unprivileged = old->unprivileged;
	for (size_t i = 0; i < sizeof(shared) / sizeof(*shared); i++) {
		touch(MM_OBJECT(old, shared[i]), ACCESS_READ);
		touch(MM_OBJECT(mm, shared[i]), ACCESS_WRITE);
	}
	mm->tlb_flush_batched = old->tlb_flush_batched; /* copied with the rest, and never reset */
	mm->numa_next_scan = old->numa_next_scan;
	mm->numa_scan_offset = old->numa_scan_offset;
	mm->numa_scan_seq = old->numa_scan_seq;
}

static int dup_mmap(struct mm_struct *mm, struct mm_struct *oldmm)
{
	int ret;

	mmap_write_lock(oldmm);
	discard_begin(oldmm, 0, UINT64_MAX, DISCARD_COPY);
	mm->total_vm = oldmm->total_vm;
	mm->data_vm = oldmm->data_vm;
	mm->exec_vm = oldmm->exec_vm;
	mm->stack_vm = oldmm->stack_vm;
	ret = vma_tree_full() ? -ENOMEM : dup_vmas(mm, oldmm);
	flush_tlb_mm(oldmm);
	mmap_write_unlock(oldmm);
	return ret;
}

struct mm_struct *dup_mm(struct mm_struct *oldmm, const char *label)
{
	struct observer *o = &current_machine()->observer;
	struct mm_struct *mm = mm_alloc(label);
	bool failed;

	if (!mm)
		return NULL;
	copy_fields(mm, oldmm);
	failed = dup_mmap(mm, oldmm);
	if (!failed && o->mm_forked)
		o->mm_forked(o->self, oldmm->name, mm->name);
	discard_end(oldmm, 0, UINT64_MAX, DISCARD_COPY);
	if (!failed)
		return mm;
	mmput(mm);
	return NULL;
}
