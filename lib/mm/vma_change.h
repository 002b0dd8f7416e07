/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changing where mappings begin and end. mmap_sem is held for writing by whoever calls.
 *
 *	grow	[vma.....][removed]	->  [vma...............]
 *	shift	[vma....][next.....]	->  [vma..][next.......]	or the other way
 *	split	[vma...............]	->  [vma.....][insert..]	or insert first
 */
#ifndef MM_VMA_CHANGE_H
#define MM_VMA_CHANGE_H

#include "mm/mm.h"

/* What vma_change() is to do, as one: rmap walks see all of it or nothing. */
struct vma_change {
	struct vm_area_struct *vma;	  /* gets these bounds: */
	uint64_t start, end;
	uint64_t pgoff;
	struct vm_area_struct *next;	  /* comes to begin at `end` (shift); NULL: none */
	struct vm_area_struct *insert;	  /* a copy, its bounds set, not in the tree; NULL: none */
	struct vm_area_struct *remove[2]; /* lie in the new bounds; freed */
};

/* 0 or -ENOMEM: then nothing has changed. */
int vma_change(const struct vma_change *change);

/* v6.1+: the tree of an address space's mappings is a maple tree, whose nodes are allocated before
 * anything changes. Is there no memory for them? (The model's own tree needs none.) */
bool vma_tree_full(void);

/* A copy of @vma in no tree, with references to what it refers to; NULL: no memory. */
struct vm_area_struct *vma_dup(struct vm_area_struct *vma);

/* @vma, from which all pages went elsewhere, leaves its families (mmap_sem held for writing). */
void vma_unfault(struct vm_area_struct *vma);

/* No walk from a page, or a file, finds @vma any more. */
void vma_unlink_rmap(struct vm_area_struct *vma);

/* A VMA that is in no tree (any more) goes, with its references; vma_unlink_rmap() is done if it
 * was not before. */
void vma_destroy(struct vm_area_struct *vma);

/*
 * Give [addr, end) to a neighbour, if it has all the same qualities (vma_merge(), mm/mmap.c,
 * mm/vma.c from v6.12). @prev ends at or below @addr, or holds it (mprotect() and its like); NULL:
 * there is none. The VMA that has [addr, end) now, or NULL: nothing changed.
 */
struct vm_area_struct *vma_merge(struct mm_struct *mm, struct vm_area_struct *prev, uint64_t addr,
				 uint64_t end, uint64_t vm_flags, struct anon_vma *anon_vma,
				 struct file *file, uint64_t pgoff,
				 const struct mempolicy *policy);

/* The same, but never with @apart (which may be a neighbour). */
struct vm_area_struct *vma_merge_apart(struct mm_struct *mm, struct vm_area_struct *prev,
				       uint64_t addr, uint64_t end, uint64_t vm_flags,
				       struct anon_vma *anon_vma, struct file *file, uint64_t pgoff,
				       const struct mempolicy *policy,
				       const struct vm_area_struct *apart);

/* After vma_merge() for [start, end) of @vma said no: was it only for want of memory? *@with_prev:
 * the neighbour below was to have it. */
bool vma_could_merge(bool *with_prev, struct vm_area_struct *vma, struct vm_area_struct *prev,
		     uint64_t start, uint64_t end, uint64_t vm_flags,
		     const struct mempolicy *policy);

/* The same for a new mapping (mmap, brk) of an address range that is free, which has no policy
 * and no pages: by the release's rules, which differ. @with_next: also the VMA above. */
struct vm_area_struct *vma_merge_new(struct mm_struct *mm, uint64_t addr, uint64_t end,
				     uint64_t vm_flags, struct file *file, uint64_t pgoff,
				     bool with_next);

/* Could [end of @vma, ...) with these qualities be part of it? Its policy is not looked at. */
bool can_vma_merge_after(const struct vm_area_struct *vma, uint64_t vm_flags,
			 const struct anon_vma *anon_vma, const struct file *file, uint64_t pgoff);
bool can_vma_merge_before(const struct vm_area_struct *vma, uint64_t vm_flags,
			  const struct anon_vma *anon_vma, const struct file *file, uint64_t pgoff);
/* Can pages of both families be in one VMA? @vma: the one of @b, if it matters that it was
 * forked. */
bool is_mergeable_anon_vma(const struct anon_vma *a, const struct anon_vma *b,
			   const struct vm_area_struct *vma);

/* Two at @addr; the new one below it or above. 0; -ENOMEM: no memory, or (the first) the limit of
 * mappings is reached. */
int split_vma(struct vm_area_struct *vma, uint64_t addr, bool new_below);
int split_vma_nolimit(struct vm_area_struct *vma, uint64_t addr, bool new_below);

/*
 * Before [start, end) of *@vma gets @vm_flags and @policy: merged with its neighbours, or cut out
 * of its VMA; *@vma is then the VMA that holds it, and the caller sets what changes. @prev: as for
 * vma_merge(). 0 or -ENOMEM.
 */
int vma_modify(struct vm_area_struct **vma, struct vm_area_struct *prev, uint64_t start,
	       uint64_t end, uint64_t vm_flags, const struct mempolicy *policy);

/* v3.12+: all of a new mapping, or of one that grew, counts as written. */
static inline void vma_set_soft_dirty(struct vm_area_struct *vma)
{
	if (has(ROW_SOFTDIRTY_VMA) && current_kernel()->format.soft_dirty)
		vma_set_flags(vma, vma->vm_flags | VM_SOFTDIRTY);
}

#define MAX_MAP_COUNT 65530 /* vm.max_map_count */

#endif
