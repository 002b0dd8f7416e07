/* SPDX-License-Identifier: BSD-2-Clause */
/* The tree of an address space's mappings, and the families of anonymous pages. */
#include "mm/mm.h"
#include "mm/hooks.h"
#include "mm/zone.h"

#include "exec/point.h"

#include <errno.h>

static int compare_vmas(const struct vm_area_struct *a, const struct vm_area_struct *b)
{
	return a->vm_start < b->vm_start ? -1 : a->vm_start > b->vm_start;
}

RB_GENERATE(vma_tree, vm_area_struct, vm_rb, compare_vmas)

/* What the code learns of a VMA when it comes across it. */
static struct vm_area_struct *seen(struct vm_area_struct *vma)
{
	if (direct())
		return vma;
	observe(vma ? vma->vm_start : 0);
	observe(vma ? vma->vm_end : 0);
	observe(vma ? vma->vm_flags : 0);
	return vma;
}

/* The running step looks at the tree of mappings. */
static void look(const struct mm_struct *mm)
{
	touch(MM_OBJECT(mm, MM_VMAS), ACCESS_READ);
}

struct vm_area_struct *find_vma(struct mm_struct *mm, uint64_t address)
{
	struct vm_area_struct *vma = RB_ROOT(&mm->vmas), *found = NULL;

	look(mm);
	while (vma) {
		if (vma->vm_end > address) {
			found = vma;
			vma = RB_LEFT(vma, vm_rb);
		} else {
			vma = RB_RIGHT(vma, vm_rb);
		}
	}
	return seen(found);
}

struct vm_area_struct *find_vma_intersection(struct mm_struct *mm, uint64_t start, uint64_t end)
{
	struct vm_area_struct *vma = find_vma(mm, start);

	return vma && vma->vm_start < end ? vma : NULL;
}

struct vm_area_struct *vma_first(struct mm_struct *mm)
{
	look(mm);
	return seen(RB_MIN(vma_tree, &mm->vmas));
}

struct vm_area_struct *vma_last(struct mm_struct *mm)
{
	look(mm);
	return seen(RB_MAX(vma_tree, &mm->vmas));
}

struct vm_area_struct *vma_next(struct vm_area_struct *vma)
{
	look(vma->vm_mm);
	return seen(RB_NEXT(vma_tree, NULL, vma));
}

struct vm_area_struct *vma_prev(struct vm_area_struct *vma)
{
	look(vma->vm_mm);
	return seen(RB_PREV(vma_tree, NULL, vma));
}

struct vm_area_struct *vma_alloc(struct mm_struct *mm)
{
	struct vm_area_struct *vma = kmalloc(sizeof(*vma));

	if (!vma)
		return NULL;
	if (has(ROW_PER_VMA_LOCK) && alloc_fails()) { /* its lock is an object of its own */
		kfree(vma, sizeof(*vma));
		return NULL;
	}
	vma->vm_mm = mm;
	LIST_INIT(&vma->anon_vma_chain);
	vma->vm_lock_seq = mm->mm_lock_seq - 1;
	if (has(ROW_PER_VMA_LOCK))
		rwlock_init(&vma->vm_lock, birth_name(), LOCK_VMA);
	return vma;
}

void vma_mark_new(struct vm_area_struct *vma)
{
	if (has(ROW_PER_VMA_LOCK))
		vma->vm_lock_seq = vma->vm_mm->mm_lock_seq;
}

void vma_free(struct vm_area_struct *vma)
{
	if (vma->vm_lock.name)
		birth_dead(vma->vm_lock.name);
	if (vma->numab_state)
		kfree(vma->numab_state, sizeof(*vma->numab_state));
	kfree(vma, sizeof(*vma));
}

void vma_set_flags(struct vm_area_struct *vma, uint64_t vm_flags)
{
	touch(MM_OBJECT(vma->vm_mm, MM_VMAS), ACCESS_WRITE);
	vma->vm_flags = vm_flags;
}

struct anon_vma *vma_family(struct vm_area_struct *vma)
{
	look(vma->vm_mm);
	observe(vma->anon_vma ? vma->anon_vma->lock.name : 0);
	return vma->anon_vma;
}

void vma_link(struct mm_struct *mm, struct vm_area_struct *vma)
{
	touch(MM_OBJECT(mm, MM_VMAS), ACCESS_WRITE);
	RB_INSERT(vma_tree, &mm->vmas, vma);
	mm->map_count++;
}

void vma_unlink(struct mm_struct *mm, struct vm_area_struct *vma)
{
	touch(MM_OBJECT(mm, MM_VMAS), ACCESS_WRITE);
	RB_REMOVE(vma_tree, &mm->vmas, vma);
	mm->map_count--;
}
