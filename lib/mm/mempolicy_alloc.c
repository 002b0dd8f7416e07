/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages by policy: alloc_pages_vma(), alloc_pages_current() and alloc_hugepage_vma() of v3.8 to
  * v6.6, alloc_pages_mpol() of v6.7 to v6.12 mm/mempolicy.c.
 *
 *   policy		asks first		else
 *   default, local	where it runs		the nodes by nearness
 *   preferred		that node		the nodes by nearness from it
 *   interleave		the one whose turn it is	the nodes by nearness from it
 *   bind		the nearest of its nodes, or from its home node	nothing
 *   preferred-many	the same, without effort	any node
 */
#include "mm/mempolicy.h"

#include "mm/file.h"
#include "mm/zone.h"

#include "exec/point.h"

/* What is asked for. */
struct wish {
	gfp_t gfp;
	unsigned order;
	uint64_t index;			  /* for interleaving */
	const struct vm_area_struct *vma; /* NULL: not for user space */
};

static bool confined_home(const struct mempolicy *policy)
{
	return mpol_confines(policy) && policy->home_node >= 0;
}

/* policy_node(): where to look first. */
static unsigned first_choice(const struct wish *w, const struct mempolicy *policy)
{
	if (mpol_interleaves(policy))
		return mpol_interleave_node(policy, w->index);
	if (policy->mode == MPOL_MODE_PREFERRED)
		return nodeset_next(&policy->nodes, -1);
	if (confined_home(policy))
		return policy->home_node;
	return mpol_local_node();
}

static struct page *interleaved(const struct wish *w, const struct mempolicy *policy, unsigned node)
{
	struct page *page = alloc_pages_nodes(w->gfp, w->order, node, NULL);

	if (page && page->node == node && policy->mode == MPOL_MODE_INTERLEAVE)
		zone_of(current_machine(), node)->stat[NUMA_STAT_INTERLEAVE_HIT]++;
	return page;
}

static struct page *preferred_many(const struct wish *w, const struct mempolicy *policy,
				   unsigned node)
{
	struct page *page = alloc_pages_nodes(w->gfp | GFP_NOWAIT | GFP_NOWARN, w->order, node,
					      &policy->nodes);

	return page ?: alloc_pages_nodes(w->gfp, w->order, node, NULL);
}

/* Where a huge page should be: v4.0 and v4.1 forget what is preferred, those to v6.6 a home. */
static unsigned huge_node(const struct mempolicy *policy, unsigned node)
{
	if (policy->mode == MPOL_MODE_PREFERRED && !has(ROW_THP_PREFERRED_NODE))
		return mpol_local_node();
	if (confined_home(policy) && !has(ROW_MEMPOL_ALLOC_MPOL))
		return mpol_local_node();
	return node;
}

/*
 * v4.0+: one node or none, for the price of remote accesses eats what a huge page gains. From v5.3
  * on a mapping that was advised to have huge pages takes them from elsewhere too (this is so as
   * long as defrag is "madvise", which it is unless somebody changes it).
 */
static bool huge_from_node(struct page **page, const struct wish *w,
			   const struct mempolicy *policy, const struct nodeset *allowed,
			   unsigned node)
{
	node = huge_node(policy, node);
	if (allowed && !nodeset_has(allowed, node))
		return false;
	*page = alloc_pages_nodes(w->gfp | GFP_THISNODE, w->order, node, NULL);
	return *page || !has(ROW_THP_REMOTE_IF_MADVISED) || !(w->vma->vm_flags & VM_HUGEPAGE);
}

static struct page *alloc_by(const struct wish *w, const struct mempolicy *policy)
{
	const struct nodeset *allowed = policy->mode == MPOL_MODE_BIND ? &policy->nodes : NULL;
	unsigned node = first_choice(w, policy);
	struct page *page;

	if (mpol_interleaves(policy))
		return interleaved(w, policy, node);
	if (policy->mode == MPOL_MODE_PREFERRED_MANY)
		return preferred_many(w, policy, node);
	if (w->order == HPAGE_ORDER && w->vma && has(ROW_THP_LOCAL_NODE) &&
	    huge_from_node(&page, w, policy, allowed, node))
		return page;
	return alloc_pages_nodes(w->gfp, w->order, node, allowed);
}

struct page *alloc_page_vma(gfp_t gfp, unsigned order, struct vm_area_struct *vma,
			    uint64_t address)
{
	const struct mempolicy *policy = get_vma_policy(vma, address);
	const struct wish w = {gfp, order, mpol_interleave_index(vma, address, order), vma};

	return alloc_by(&w, policy);
}

struct page *alloc_page_shmem(gfp_t gfp, struct file *file, uint64_t index)
{
	const struct mempolicy *policy = mpol_shared(file, index) ?: get_task_policy();
	const struct wish w = {gfp, 0, index + file->ino, NULL};

	return alloc_by(&w, policy);
}

static const struct mempolicy local_policy = {
	.refcount = 1, .mode = MPOL_MODE_LOCAL, .home_node = -1,
};

struct page *alloc_page_task(gfp_t gfp, unsigned order)
{
	const struct mempolicy *policy = gfp & GFP_THISNODE ? &local_policy : get_task_policy();
	const struct wish w = {gfp, order, NO_INTERLEAVE_INDEX, NULL};

	return alloc_by(&w, policy);
}
