/* SPDX-License-Identifier: BSD-2-Clause */
/* LRU batches as state: the end of a set-up, the references that they hold, the digest. */
#include "mm/lru_batch.h"

static struct lru_batch *batch_at(const struct numasim_machine *m, unsigned cpu, unsigned kind)
{
	const struct lru_cpu *lru = m->mm->pages->lru[cpu];

	return lru ? lru->batch[kind] : NULL;
}

static void settle_page(struct numasim_machine *m, unsigned kind, unsigned how, struct page *page)
{
	bool fresh = kind < LRU_DEACTIVATE_FILE || how == MLOCK_NEW_PAGE;

	if (--page->count == 0)
		frame_give(m, page);
	else if (fresh || page->flags & PAGE_LRU)
		lru_move(m, kind, how, page);
	else if (kind == LRU_MLOCK && how == MUNLOCK)
		munlock_off_lru(m, page);
}

void lru_drain_setup(struct numasim_machine *m)
{
	for (unsigned cpu = 0; m->mm && cpu < m->nr_cpus; cpu++)
		for (unsigned kind = 0; kind < LRU_BATCHES; kind++) {
			struct lru_batch *batch = batch_at(m, cpu, kind);

			for (unsigned i = 0; batch && i < batch->nr; i++)
				settle_page(m, kind, batch->how[i],
					    pfn_to_page(m, batch->pfn[i]));
			if (batch)
				batch->nr = 0;
		}
}

unsigned lru_batch_holds(const struct numasim_machine *m, const struct page *page)
{
	uint64_t pfn = page_to_pfn(m, page);
	unsigned held = 0;

	for (unsigned cpu = 0; cpu < m->nr_cpus; cpu++)
		for (unsigned kind = 0; kind < LRU_BATCHES; kind++) {
			const struct lru_batch *batch = batch_at(m, cpu, kind);

			for (unsigned i = 0; batch && i < batch->nr; i++)
				held += batch->pfn[i] == pfn;
		}
	return held;
}

/* Pages in their order: it decides who is drained first. */
static void digest_batch(const struct numasim_machine *m, unsigned cpu, unsigned kind,
			 struct digest_sink *sink)
{
	const struct lru_batch *batch = batch_at(m, cpu, kind);

	if (!batch || !batch->nr)
		return;
	digest_put(sink, (uint64_t)cpu << 32 | kind << 8 | batch->nr);
	for (unsigned i = 0; i < batch->nr; i++)
		digest_put(sink, (uint64_t)batch->how[i] << 32 |
					 pfn_to_page(m, batch->pfn[i])->name);
}

static void digest_pcp(const struct numasim_machine *m, const struct pcp_list *list,
		       struct digest_sink *sink)
{
	for (unsigned k = 0; list && k < list->nr; k++) {
		uint64_t pfn = list->pfn[(list->first + k) % list->room];

		digest_put(sink, pfn_to_page(m, pfn)->name);
	}
}

void pages_digest(const struct numasim_machine *m, struct digest_sink *sink)
{
	const struct page_room *room = m->mm->pages;

	digest_put(sink, room->fail_at > room->allocations ? room->fail_at - room->allocations : 0);
	digest_put(sink, room->fail_at && room->fail_on);
	for (unsigned cpu = 0; cpu < m->nr_cpus; cpu++)
		for (unsigned kind = 0; room->lru[cpu] && kind < LRU_BATCHES; kind++)
			digest_batch(m, cpu, kind, sink);
	for (unsigned cpu = 0; cpu < m->nr_cpus; cpu++)
		for (unsigned i = 0; i < m->nr_nodes; i++)
			digest_pcp(m, room->zone[i].pcp[cpu], sink);
}
