/* SPDX-License-Identifier: BSD-2-Clause */
/* A mapping gets a family at its first anonymous page (mm/rmap.c, anon_vma_prepare(), and
 * mm/mmap.c, find_mergeable_anon_vma(), of v3.8 to v6.12). */
#include "mm/rmap.h"
#include "mm/rmap_family.h"

#include "exec/point.h"
#include "mm/mempolicy.h"

#include <errno.h>

/* @a and @b, neighbours, could become one mapping by a mprotect(). */
static bool compatible(const struct vm_area_struct *a, const struct vm_area_struct *b)
{
	return a->vm_end == b->vm_start && mpol_equal(a->vm_policy, b->vm_policy) &&
	       a->vm_file == b->vm_file &&
	       !((a->vm_flags ^ b->vm_flags) & ~(uint64_t)(VM_ACCESS | VM_SOFTDIRTY)) &&
	       b->vm_pgoff == a->vm_pgoff + vma_pages(a);
}

/* The family of @near, unless it has others by fork. */
static struct anon_vma *reusable(const struct vm_area_struct *near)
{
	const struct anon_vma_chain *chain = LIST_FIRST(&near->anon_vma_chain);

	return near->anon_vma && chain && !LIST_NEXT(chain, same_vma) ? near->anon_vma : NULL;
}

static struct anon_vma *find_mergeable(struct vm_area_struct *vma)
{
	struct vm_area_struct *next = vma_next(vma), *prev = vma_prev(vma);
	struct anon_vma *found = NULL;

	if (next && compatible(vma, next))
		found = reusable(next);
	if (!found && prev && compatible(prev, vma))
		found = reusable(prev);
	return found;
}

static void attach(struct vm_area_struct *vma, struct anon_vma *anon_vma,
		   struct anon_vma_chain *chain)
{
	if (exec_current->running)
		touch(MM_OBJECT(vma->vm_mm, MM_VMAS), ACCESS_WRITE);
	vma->anon_vma = anon_vma;
	anon_vma_chain_link(vma, chain, anon_vma);
	anon_vma->degree++;
	anon_vma->num_active_vmas++;
}

/* Threads may do this at the same time, mmap_sem held for reading: one of them wins. */
static bool attach_locked(struct vm_area_struct *vma, struct anon_vma *anon_vma,
			  struct anon_vma_chain *chain)
{
	struct mm_struct *mm = vma->vm_mm;
	bool won;

	rwlock_take_write(&anon_vma->root->lock);
	lock_take(&mm->page_table_lock);
	won = !vma_family(vma);
	if (won)
		attach(vma, anon_vma, chain);
	lock_release(&mm->page_table_lock);
	rwlock_release_write(&anon_vma->root->lock);
	return won;
}

int anon_vma_prepare(struct vm_area_struct *vma)
{
	struct anon_vma *anon_vma, *allocated = NULL;
	struct anon_vma_chain *chain;

	if (exec_current->running ? vma_family(vma) : vma->anon_vma)
		return 0;
	chain = anon_vma_chain_alloc();
	if (!chain)
		return -ENOMEM;
	anon_vma = exec_current->running ? find_mergeable(vma) : NULL;
	if (!anon_vma) {
		anon_vma = allocated = anon_vma_alloc();
		if (!anon_vma) {
			anon_vma_chain_free(chain);
			return -ENOMEM;
		}
		anon_vma->num_children++; /* a root is its own parent */
	}
	if (!exec_current->running) { /* a set-up: nobody else is there */
		attach(vma, anon_vma, chain);
	} else if (!attach_locked(vma, anon_vma, chain)) {
		anon_vma_chain_free(chain);
		if (allocated)
			put_anon_vma(allocated);
	}
	return 0;
}
