/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When neighbours become one. A stands for the range that is to have the qualities, P for the VMA
 * before it, N for the one after; letters over others: the range is part of a VMA now.
 *
 *	   AAAA             AAAA                AAAA                AAAA
 *	PPPP    NNNN     PPPPPPNNNN          PPPPPPNNNN          PPPPMMMMNNNN
 *	free range       end of P            start of N          all of M
 *
 *	PPPPPPPPPPPP     PPNNNNNNNN          PPPPPPPPNN          PPPPPPPPPPPP
 *	PPPPPPPPNNNN                                             PPPPPPPPNNNN
 *	PPPPNNNNNNNN                                             PPPPNNNNNNNN
 *
 * v3.8 to v6.11 mm/mmap.c, v6.12 mm/vma.c.
 */
#include "mm/vma_change.h"

#include "mm/mempolicy.h"

/* v3.14+: whether pages of a VMA are all taken for written does not keep it apart. */
static uint64_t flags_that_matter(void)
{
	return has(ROW_SOFTDIRTY_MERGE) ? ~(uint64_t)VM_SOFTDIRTY : ~UINT64_C(0);
}

static bool is_mergeable_vma(const struct vm_area_struct *vma, const struct file *file,
			     uint64_t vm_flags)
{
	/* hugetlb mappings have something to do when they close */
	return !((vma->vm_flags ^ vm_flags) & flags_that_matter()) && vma->vm_file == file &&
	       !(vma->vm_flags & VM_HUGETLB);
}

static bool has_one_family(const struct vm_area_struct *vma)
{
	const struct anon_vma_chain *chain = LIST_FIRST(&vma->anon_vma_chain);

	return chain && !LIST_NEXT(chain, same_vma);
}

bool is_mergeable_anon_vma(const struct anon_vma *a, const struct anon_vma *b,
			   const struct vm_area_struct *vma)
{
	if ((!a || !b) && (!vma || has_one_family(vma)))
		return true;
	return a == b;
}

bool can_vma_merge_before(const struct vm_area_struct *vma, uint64_t vm_flags,
			  const struct anon_vma *anon_vma, const struct file *file, uint64_t pgoff)
{
	return is_mergeable_vma(vma, file, vm_flags) &&
	       is_mergeable_anon_vma(anon_vma, vma->anon_vma, vma) && vma->vm_pgoff == pgoff;
}

bool can_vma_merge_after(const struct vm_area_struct *vma, uint64_t vm_flags,
			 const struct anon_vma *anon_vma, const struct file *file, uint64_t pgoff)
{
	return is_mergeable_vma(vma, file, vm_flags) &&
	       is_mergeable_anon_vma(anon_vma, vma->anon_vma, vma) &&
	       vma->vm_pgoff + vma_pages(vma) == pgoff;
}

/* The neighbours of a merge, and which of them agree to it. */
struct neighbours {
	struct vm_area_struct *prev, *mid, *next;
	bool merge_prev, merge_next;
};

static bool commit(const struct vma_change *change)
{
	return !vma_change(change);
}

/* P takes the range up to @end, from whoever has it, or N as well. */
static struct vm_area_struct *merge_into_prev(const struct neighbours *n, uint64_t end)
{
	struct vma_change c = {.vma = n->prev, .start = n->prev->vm_start, .end = end,
			       .pgoff = n->prev->vm_pgoff};
	int removed = 0;

	if (n->mid && n->mid->vm_start < end) {
		if (n->mid->vm_end <= end)
			c.remove[removed++] = n->mid;
		else
			c.next = n->mid;
	}
	if (n->next && n->next != n->mid && n->next->vm_start < end)
		c.remove[removed++] = n->next;
	return commit(&c) ? n->prev : NULL;
}

/* N comes to begin at @addr: what P loses at its end, all of M, or nothing that was mapped. */
static struct vm_area_struct *merge_into_next(const struct neighbours *n, uint64_t addr,
					      uint64_t pages)
{
	struct vma_change c = {.vma = n->next, .start = addr, .end = n->next->vm_end,
			       .pgoff = n->next->vm_pgoff - pages};

	if (n->prev && addr < n->prev->vm_end)
		c = (struct vma_change){.vma = n->prev, .start = n->prev->vm_start, .end = addr,
					.pgoff = n->prev->vm_pgoff, .next = n->next};
	else if (n->mid != n->next)
		c.remove[0] = n->mid;
	return commit(&c) ? n->next : NULL;
}

/* Who stands beside [addr, end), and agrees to have it. */
static struct neighbours agree(struct mm_struct *mm, struct vm_area_struct *prev, uint64_t addr,
			       uint64_t end, uint64_t vm_flags, struct anon_vma *anon_vma,
			       struct file *file, uint64_t pgoff, const struct mempolicy *policy,
			       const struct vm_area_struct *apart)
{
	uint64_t pages = (end - addr) >> FRAME_SHIFT;
	struct neighbours n = {.prev = prev};

	n.mid = n.next = prev ? vma_next(prev) : vma_first(mm);
	if (n.next && n.next->vm_end == end)
		n.next = vma_next(n.next);
	n.merge_prev = prev && prev != apart && prev->vm_end == addr &&
		       mpol_equal(prev->vm_policy, policy) &&
		       can_vma_merge_after(prev, vm_flags, anon_vma, file, pgoff);
	n.merge_next = n.next && n.next != apart && end == n.next->vm_start &&
		       mpol_equal(policy, n.next->vm_policy) &&
		       can_vma_merge_before(n.next, vm_flags, anon_vma, file, pgoff + pages);
	return n;
}

struct vm_area_struct *vma_merge_apart(struct mm_struct *mm, struct vm_area_struct *prev,
				       uint64_t addr, uint64_t end, uint64_t vm_flags,
				       struct anon_vma *anon_vma, struct file *file, uint64_t pgoff,
				       const struct mempolicy *policy,
				       const struct vm_area_struct *apart)
{
	struct neighbours n;

	if (vm_flags & VM_SPECIAL)
		return NULL;
	n = agree(mm, prev, addr, end, vm_flags, anon_vma, file, pgoff, policy, apart);
	if (n.merge_prev && n.merge_next &&
	    is_mergeable_anon_vma(prev->anon_vma, n.next->anon_vma, NULL))
		return merge_into_prev(&n, n.next->vm_end);
	if (n.merge_prev)
		return merge_into_prev(&n, end);
	return n.merge_next ? merge_into_next(&n, addr, (end - addr) >> FRAME_SHIFT) : NULL;
}

bool vma_could_merge(bool *with_prev, struct vm_area_struct *vma, struct vm_area_struct *prev,
		     uint64_t start, uint64_t end, uint64_t vm_flags,
		     const struct mempolicy *policy)
{
	struct neighbours n;

	if (vm_flags & VM_SPECIAL)
		return false;
	n = agree(vma->vm_mm, prev, start, end, vm_flags, vma->anon_vma, vma->vm_file,
		  linear_page_index(vma, start), policy, NULL);
	*with_prev = n.merge_prev;
	return n.merge_prev || n.merge_next;
}

struct vm_area_struct *vma_merge(struct mm_struct *mm, struct vm_area_struct *prev, uint64_t addr,
				 uint64_t end, uint64_t vm_flags, struct anon_vma *anon_vma,
				 struct file *file, uint64_t pgoff,
				 const struct mempolicy *policy)
{
	return vma_merge_apart(mm, prev, addr, end, vm_flags, anon_vma, file, pgoff, policy, NULL);
}

/*
 * v6.1 to v6.11, mmap_region(): the VMA above is asked first, and the one below must agree with its
 * family. Policies of neighbours are not compared but must not be.
 */
static struct vm_area_struct *expand_next_first(struct neighbours *n, uint64_t addr, uint64_t end,
						uint64_t vm_flags, struct file *file,
						uint64_t pgoff)
{
	uint64_t pages = (end - addr) >> FRAME_SHIFT;
	struct anon_vma *anon_vma = NULL;

	n->merge_next = n->next && n->next->vm_start == end && !n->next->vm_policy &&
			can_vma_merge_before(n->next, vm_flags, NULL, file, pgoff + pages);
	if (n->merge_next)
		anon_vma = n->next->anon_vma;
	n->merge_prev = n->prev && n->prev->vm_end == addr && !n->prev->vm_policy &&
			can_vma_merge_after(n->prev, vm_flags, anon_vma, file, pgoff);
	if (n->merge_prev)
		return merge_into_prev(n, n->merge_next ? n->next->vm_end : end);
	return n->merge_next ? merge_into_next(n, addr, pages) : NULL;
}

struct vm_area_struct *vma_merge_new(struct mm_struct *mm, uint64_t addr, uint64_t end,
				     uint64_t vm_flags, struct file *file, uint64_t pgoff,
				     bool with_next)
{
	struct vm_area_struct *above = find_vma(mm, addr);
	struct vm_area_struct *below = above ? vma_prev(above) : vma_last(mm);
	struct neighbours n = {.prev = below};

	if (vm_flags & VM_SPECIAL)
		return NULL;
	n.mid = n.next = with_next ? above : NULL;
	if (with_next && !has(ROW_MMAP_EXPAND))
		return vma_merge(mm, below, addr, end, vm_flags, NULL, file, pgoff, NULL);
	if (with_next && has(ROW_MERGE_NEW_RANGE))
		return vma_merge(mm, below, addr, end, vm_flags, NULL, file, pgoff, NULL);
	return expand_next_first(&n, addr, end, vm_flags, file, pgoff);
}
