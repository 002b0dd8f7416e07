/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Per-CPU lists of single free frames (mm/page_alloc.c). The newest is taken first; a list that is
 * empty takes a batch from the node, one that is full gives the oldest batch back. Since v5.14 the
 * kernel keeps some higher orders there too, and gives back more than a batch at a time when many
 * are freed in a row: neither is followed.
 */
#include "mm/zone.h"

/* This CPU's list of the node; NULL: it keeps none. */
static struct pcp_list *list_of(struct numasim_machine *m, unsigned node)
{
	struct zone *zone = zone_of(m, node);
	struct pcp_list **list = &zone->pcp[this_cpu()->index];
	uint32_t room = zone->high + zone->batch + 1;

	if (!zone->high)
		return NULL;
	if (!*list) {
		*list = arena_alloc(m->arena, sizeof(**list) + room * sizeof(uint64_t));
		if (*list)
			(*list)->room = room;
	}
	return *list;
}

static uint64_t *slot(struct pcp_list *list, uint32_t at)
{
	return &list->pfn[(list->first + at) % list->room];
}

/* Frames come so that the lowest of them is taken first. */
static void refill(struct numasim_machine *m, struct node *node, struct pcp_list *list)
{
	unsigned nr = 0, batch = zone_of(m, node->index)->batch;

	while (nr < batch) {
		struct page *page = frame_take(m, node);

		if (!page)
			break;
		page->flags = PAGE_FREE;
		*slot(list, nr++) = page_to_pfn(m, page);
	}
	list->nr = nr;
	for (unsigned i = 0; i < nr / 2; i++) {
		uint64_t pfn = *slot(list, i);

		*slot(list, i) = *slot(list, nr - 1 - i);
		*slot(list, nr - 1 - i) = pfn;
	}
}

static void give_oldest(struct numasim_machine *m, struct pcp_list *list, uint32_t nr)
{
	for (; nr && list->nr; nr--) {
		frame_release(m, pfn_to_page(m, *slot(list, 0)));
		list->first = (list->first + 1) % list->room;
		list->nr--;
	}
}

struct page *pcp_take(struct numasim_machine *m, struct node *node)
{
	struct pcp_list *list = list_of(m, node->index);

	if (!list)
		return frame_take(m, node);
	if (!list->nr)
		refill(m, node, list);
	if (!list->nr)
		return NULL;
	return frame_reborn(pfn_to_page(m, *slot(list, --list->nr)));
}

void pcp_give(struct numasim_machine *m, struct page *page)
{
	struct pcp_list *list = list_of(m, page->node);
	const struct zone *zone = zone_of(m, page->node);

	frame_retire(m, page);
	if (!list) {
		frame_release(m, page);
		return;
	}
	*slot(list, list->nr++) = page_to_pfn(m, page);
	if (list->nr >= zone->high)
		give_oldest(m, list, zone->batch);
}

void pcp_drain_all(struct numasim_machine *m)
{
	for (unsigned i = 0; i < m->nr_nodes; i++)
		for (unsigned cpu = 0; cpu < m->nr_cpus; cpu++) {
			struct pcp_list *list = zone_of(m, i)->pcp[cpu];

			if (list)
				give_oldest(m, list, list->nr);
		}
}

uint64_t pcp_count(const struct numasim_machine *m, unsigned node)
{
	uint64_t nr = 0;

	for (unsigned cpu = 0; cpu < m->nr_cpus; cpu++)
		nr += zone_of(m, node)->pcp[cpu] ? zone_of(m, node)->pcp[cpu]->nr : 0;
	return nr;
}
