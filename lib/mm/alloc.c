/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking pages from nodes, v3.8 to v6.12, mm/page_alloc.c: every allowed node by nearness down to
 * its low watermark, then once more to the minimum. There is no reclaim and no OOM killer: what is
 * left of that effort is that CPUs give back what they keep before the answer is no. (Only
 * where code runs straight through: the explorer's CPUs keep nothing.)
 */
#include "exec/var.h"
#include "mm/page.h"
#include "mm/zone.h"

struct request {
	gfp_t gfp;
	unsigned order, preferred;
	const struct nodeset *allowed;
};

/* zone_watermark_ok(), as far as it asks for a sum: whether there are enough frames in a row shows
 * when they are taken. */
static bool watermark_ok(const struct numasim_machine *m, const struct request *r, unsigned node,
			 enum watermark mark)
{
	uint64_t min = zone_of(m, node)->watermark[mark];

	if (r->gfp & GFP_HIGH)
		min -= min / 2;
	return m->node[node].nr_free >= (1u << r->order) + min;
}

static struct page *take_from(struct numasim_machine *m, const struct request *r, unsigned index,
			      enum watermark mark)
{
	struct node *node = &m->node[index];
	struct page *page = NULL;

	point(POINT_ALLOC, OBJECT(OBJ_ALLOC, index, 0), ACCESS_WRITE);
	if (watermark_ok(m, r, index, mark))
		page = r->order ? frame_take_order(m, node, r->order) : pcp_take(m, node);
	observe(page != NULL);
	if (!page)
		return NULL;
	page->name = birth_name();
	page->count = 1;
	page->cpupid = UINT32_MAX;
	observe(page->name);
	if (note_wanted())
		note("allocate %spage %s on node %u", page->flags & PAGE_HEAD ? "huge " : "",
		     BIRTH_TEXT(page->name), node->id);
	return page;
}

static bool may_use(const struct numasim_machine *m, const struct request *r, unsigned node)
{
	if (r->gfp & GFP_THISNODE && node != r->preferred)
		return false;
	return m->node[node].nr_frames && (!r->allowed || nodeset_has(r->allowed, node));
}

/* zone_statistics(): the page came from @got, wanted was the first node that could be. */
static void count_page(struct numasim_machine *m, unsigned wanted, unsigned got, unsigned order)
{
	bool local = got == this_cpu()->node;

	if (got == wanted) {
		zone_of(m, got)->stat[NUMA_STAT_HIT]++;
	} else {
		zone_of(m, got)->stat[NUMA_STAT_MISS]++;
		zone_of(m, wanted)->stat[NUMA_STAT_FOREIGN]++;
	}
	zone_of(m, got)->stat[local ? NUMA_STAT_LOCAL : NUMA_STAT_OTHER]++;
	count_vm_events(VM_EVENT_PGALLOC_NORMAL, 1u << order);
}

/* One pass over the nodes. */
static struct page *try_nodes(struct numasim_machine *m, const struct request *r,
			      const uint16_t *list, enum watermark mark)
{
	unsigned wanted = m->nr_nodes;

	for (unsigned i = 0; i < m->nr_nodes; i++) {
		unsigned node = list ? list[i] : r->preferred;
		struct page *page;

		if (!may_use(m, r, node))
			continue;
		if (wanted == m->nr_nodes)
			wanted = node;
		page = take_from(m, r, node, mark);
		if (page)
			count_page(m, wanted, node, r->order);
		if (page || !list)
			return page;
	}
	return NULL;
}

struct page *alloc_pages_nodes(gfp_t gfp, unsigned order, unsigned preferred,
			       const struct nodeset *allowed)
{
	struct numasim_machine *m = current_machine();
	const struct request r = {gfp, order, preferred, allowed};
	const uint16_t *list = gfp & GFP_THISNODE ? NULL : zonelist_from(m, preferred);
	struct page *page;

	if (alloc_fails())
		return NULL;
	page = try_nodes(m, &r, list, WMARK_LOW);
	if (page || gfp & GFP_NOWAIT)
		return page;
	page = try_nodes(m, &r, list, WMARK_MIN);
	if (page || !direct())
		return page;
	pcp_drain_all(m);
	return try_nodes(m, &r, list, WMARK_MIN);
}

struct page *alloc_page_node(unsigned node, bool huge, bool zero)
{
	return alloc_pages_nodes(GFP_THISNODE | (zero ? GFP_ZERO : 0), huge ? HPAGE_ORDER : 0, node,
				 NULL);
}

struct page *alloc_page_near(unsigned node, bool huge, bool zero)
{
	return alloc_pages_nodes(zero ? GFP_ZERO : 0, huge ? HPAGE_ORDER : 0, node, NULL);
}
