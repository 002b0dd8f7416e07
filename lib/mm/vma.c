/* SPDX-License-Identifier: BSD-2-Clause */
/* The tree of an address space's mappings, and the families of anonymous pages. */
#include "mm/mm.h"

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

struct vm_area_struct *find_vma(struct mm_struct *mm, uint64_t address)
{
	struct vm_area_struct *vma = RB_ROOT(&mm->vmas), *found = NULL;

	touch(MM_OBJECT(mm, MM_VMAS), ACCESS_READ);
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
	return seen(RB_MIN(vma_tree, &mm->vmas));
}

struct vm_area_struct *vma_next(struct vm_area_struct *vma)
{
	return seen(RB_NEXT(vma_tree, NULL, vma));
}

struct vm_area_struct *vma_prev(struct vm_area_struct *vma)
{
	return seen(RB_PREV(vma_tree, NULL, vma));
}

struct vm_area_struct *vma_alloc(struct mm_struct *mm)
{
	struct vm_area_struct *vma = arena_alloc(current_machine()->arena, sizeof(*vma));

	if (!vma)
		return NULL;
	vma->vm_mm = mm;
	LIST_INIT(&vma->anon_vma_chain);
	return vma;
}

void vma_free(struct vm_area_struct *vma)
{
	arena_free(current_machine()->arena, vma, sizeof(*vma));
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

/* By name: the same order in every equivalent state. */
static void link_anon_vma(struct mm_room *room, struct anon_vma *anon_vma)
{
	struct anon_vma *at;

	TAILQ_FOREACH(at, &room->anon_vmas, link)
		if (at->lock.name > anon_vma->lock.name)
			break;
	if (at)
		TAILQ_INSERT_BEFORE(at, anon_vma, link);
	else
		TAILQ_INSERT_TAIL(&room->anon_vmas, anon_vma, link);
}

int anon_vma_prepare(struct vm_area_struct *vma)
{
	struct numasim_machine *m = current_machine();
	struct anon_vma_chain *chain;
	struct anon_vma *anon_vma;

	if (vma->anon_vma)
		return 0;
	chain = arena_alloc(m->arena, sizeof(*chain));
	anon_vma = arena_alloc(m->arena, sizeof(*anon_vma));
	if (!chain || !anon_vma) {
		arena_free(m->arena, chain, sizeof(*chain));
		arena_free(m->arena, anon_vma, sizeof(*anon_vma));
		return -ENOMEM;
	}
	rwlock_init(&anon_vma->lock, birth_name(), LOCK_ANON_VMA);
	anon_vma->root = anon_vma->parent = anon_vma;
	anon_vma->refcount = 1;
	TAILQ_INIT(&anon_vma->chains);
	link_anon_vma(m->mm, anon_vma);
	*chain = (struct anon_vma_chain){.vma = vma, .anon_vma = anon_vma};
	LIST_INSERT_HEAD(&vma->anon_vma_chain, chain, same_vma);
	TAILQ_INSERT_TAIL(&anon_vma->chains, chain, same_anon_vma);
	vma->anon_vma = anon_vma;
	return 0;
}

struct vm_area_struct *anon_vma_single(const struct anon_vma *anon_vma)
{
	struct anon_vma_chain *chain = TAILQ_FIRST(&anon_vma->chains);

	return chain && !TAILQ_NEXT(chain, same_anon_vma) ? chain->vma : NULL;
}
