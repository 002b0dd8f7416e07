/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Moving a mapping: move_vma() and copy_vma() of v3.8 to v6.12 mm/mremap.c and mm/mmap.c.
 *
 *	1  [vma: entries]	[     ]		a VMA there, or a neighbour of the place grows
 *	2  [vma          ]	[new: entries]	move_page_tables()
 *	3  (unmapped)		[new: entries]	or, MREMAP_DONTUNMAP, [vma without pages]
 */
#include "mm/mremap.h"

#include "mm/abi.h"
#include "mm/file.h"
#include "mm/mm_account.h"
#include "mm/mmap.h"
#include "mm/mmap_lock.h"
#include "mm/ranges.h"
#include "mm/vma_change.h"

#include <errno.h>

/* A copy of @vma with these bounds, in the tree. NULL: no memory. */
static struct vm_area_struct *copy_at(struct vm_area_struct *vma, uint64_t start, uint64_t len,
				      uint64_t pgoff)
{
	struct vm_area_struct *new = vma_dup(vma);

	if (!new)
		return NULL;
	new->vm_start = start;
	new->vm_end = start + len;
	new->vm_pgoff = pgoff;
	if (vma_tree_full() || (new->vm_file && file_vma_link(new, NULL))) {
		new->vm_unlinked = true;
		vma_destroy(new);
		return NULL;
	}
	vma_mark_new(new);
	vma_link(vma->vm_mm, new);
	return new;
}

/*
 * What is to stay by itself (MREMAP_DONTUNMAP) must not become part of the new mapping, which it
 * could if it has no pages yet. v6.1 with the fix then does not merge at all, v6.12 with the other
 * side only.
 */
static struct vm_area_struct *merge_at(const struct mremap_request *r, struct vm_area_struct *vma,
				       struct vm_area_struct *prev, uint64_t pgoff, bool untouched)
{
	bool touches = r->new_addr == vma->vm_end || vma->vm_start == r->new_addr + r->new_len;
	bool apart = untouched && touches && r->flags & MREMAP_DONTUNMAP &&
		     has(ROW_DONTUNMAP_APART);

	if (apart && !has(ROW_MERGE_NEW_RANGE))
		return NULL;
	return vma_merge_apart(r->mm, prev, r->new_addr, r->new_addr + r->new_len, vma->vm_flags,
			       vma->anon_vma, vma->vm_file, pgoff, vma->vm_policy,
			       apart ? vma : NULL);
}

/*
 * The VMA for the new place. Pages of an anonymous mapping know their offset, so it moves along;
 * one that has none yet takes the offset of its new address, by which it may merge, even with
 * *@vma: that is then the merged one.
 */
static struct vm_area_struct *copy_vma(const struct mremap_request *r, struct vm_area_struct **vma)
{
	struct vm_area_struct *v = *vma, *next = find_vma(r->mm, r->new_addr), *new, *prev;
	bool untouched = vma_is_anonymous(v) && !v->anon_vma;
	uint64_t start = v->vm_start;
	uint64_t pgoff = untouched ? r->new_addr >> FRAME_SHIFT : linear_page_index(v, r->addr);

	if (next && next->vm_start < r->new_addr + r->new_len)
		return NULL;
	prev = next ? vma_prev(next) : vma_last(r->mm);
	new = merge_at(r, v, prev, pgoff, untouched);
	if (!new)
		return copy_at(v, r->new_addr, r->new_len, pgoff);
	if (start >= new->vm_start && start < new->vm_end)
		*vma = new;
	return new;
}

/* v5.14+: a locked VMA is cut before, so that only what moves loses its lock. */
static int cut_for_dontunmap(const struct mremap_request *r, struct vm_area_struct *vma)
{
	int ret = 0;

	if (!(r->flags & MREMAP_DONTUNMAP) || !(vma->vm_flags & VM_LOCKED))
		return 0;
	if (vma->vm_start != r->addr)
		ret = split_vma(vma, r->addr, true);
	if (!ret && vma->vm_end != r->addr + r->old_len)
		ret = split_vma(vma, r->addr + r->old_len, false);
	return ret;
}

/* MREMAP_DONTUNMAP: what stays has no pages and is not locked. */
static void leave_behind(const struct mremap_request *r, struct vm_area_struct *vma)
{
	vma_set_flags(vma, vma->vm_flags & ~(uint64_t)(VM_LOCKED | VM_LOCKONFAULT));
	if (vma->vm_start != r->addr || vma->vm_end != r->addr + r->old_len)
		return;
	vma_unfault(vma);
	if (vma_is_anonymous(vma) && has(ROW_DONTUNMAP_APART))
		vma->vm_pgoff = vma->vm_start >> FRAME_SHIFT;
}

/* Entries of @len bytes at @from; promises of what they lead to go along, all of @all bytes. How
 * far it came. */
static uint64_t move_entries(struct vm_area_struct *vma, uint64_t from, struct vm_area_struct *new,
			     uint64_t to, uint64_t len, uint64_t all)
{
	struct observer *o = &current_machine()->observer;
	uint64_t moved;

	if (o->move_begin)
		o->move_begin(o->self, vma->vm_mm->name, from, to, all);
	moved = move_page_tables(vma, from, new, to, len);
	if (o->move_end)
		o->move_end(o->self, vma->vm_mm->name, from, to, all);
	return moved;
}

/* Moving failed half-way: what went comes back, and the new place is unmapped. */
static long give_up(const struct mremap_request *r, struct vm_area_struct *vma,
		    struct vm_area_struct *new, uint64_t moved)
{
	move_entries(new, r->new_addr, vma, r->addr, moved, r->old_len);
	vm_stat_account(r->mm, vma->vm_flags, r->new_len >> FRAME_SHIFT);
	if (vma->vm_flags & VM_LOCKED)
		r->mm->locked_vm += r->new_len >> FRAME_SHIFT;
	do_munmap(r->mm, r->new_addr, r->new_len, NULL);
	return -ENOMEM;
}

long move_vma(struct mremap_request *r, struct vm_area_struct *vma)
{
	bool stays = r->flags & MREMAP_DONTUNMAP;
	uint64_t pages = r->new_len >> FRAME_SHIFT, vm_flags, moved;
	uint64_t more = stays ? pages : (r->new_len - r->old_len) >> FRAME_SHIFT;
	struct vm_area_struct *new;
	int ret;

	if (r->mm->map_count >= MAX_MAP_COUNT - 3)
		return -ENOMEM;
	ret = cut_for_dontunmap(r, vma);
	if (ret)
		return ret;
	vm_flags = vma->vm_flags;
	if (vm_flags & VM_ACCOUNT && !vm_enough_memory(more))
		return -ENOMEM;
	vma_start_write(vma);
	new = copy_vma(r, &vma);
	if (!new)
		return -ENOMEM;
	moved = move_entries(vma, r->addr, new, r->new_addr, r->old_len, r->old_len);
	if (moved < r->old_len)
		return give_up(r, vma, new, moved);
	vm_stat_account(r->mm, vm_flags, pages);
	if (stays) {
		leave_behind(r, vma);
		return r->new_addr;
	}
	do_munmap(r->mm, r->addr, r->old_len, NULL);
	if (vm_flags & VM_LOCKED) {
		r->mm->locked_vm += pages;
		r->locked = true;
	}
	return r->new_addr;
}
