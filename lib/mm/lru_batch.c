/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Batches of pages on their way to an LRU list, one per CPU (mm/swap.c):
 *
 *   lru_cache_add()   | page page page ...        | a reference each; PAGE_LRU not set yet
 *                     full, or drained: all at once under the LRU lock; references dropped
 *
 * A page in a batch cannot be isolated, by anybody, until its CPU has made enough other pages or is
 * drained: that is why migration is only best effort.
 */
#include "exec/var.h"
#include "kernel/options.h"
#include "mm/page.h"
#include "mm/zone.h"

#include <string.h>

/* 14 pages, 15 when the count became a byte (v4.16), 31 since v6.9. */
static unsigned batch_size(void)
{
	if (has(ROW_PAGEVEC_31))
		return 31;
	return has(ROW_PAGEVEC_15) ? 15 : 14;
}

static struct lru_cpu *batches_of(struct numasim_machine *m, unsigned cpu)
{
	struct lru_cpu **lru = &m->mm->pages->lru[cpu];

	if (!*lru)
		*lru = arena_alloc(m->arena, sizeof(**lru));
	return *lru;
}

/* To v3.10 there was a batch for each list. */
static unsigned batch_for(const struct page *page)
{
	if (has(ROW_PAGEVEC_ONE))
		return 0;
	return (page->flags & PAGE_ACTIVE ? 1 : 0) + (page->flags & PAGE_SWAPBACKED ? 0 : 2);
}

static bool lru_gen(const struct numasim_machine *m)
{
	return kernel_option(m->kernel, OPTION_LRU_GEN);
}

/*
 * The unevictable list if somebody locked it. The generations keep by themselves who is young, and
 * take the marks that said so till then (seen on 6.12.117; lru_gen_add_folio()).
 */
static void set_listed(const struct numasim_machine *m, struct page *page)
{
	page->flags &= ~PAGE_UNEVICTABLE;
	if (page->flags & PAGE_MLOCKED)
		page->flags = (page->flags & ~PAGE_ACTIVE) | PAGE_UNEVICTABLE;
	else if (lru_gen(m))
		page->flags &= ~(PAGE_ACTIVE | PAGE_REFERENCED);
	page->flags |= PAGE_LRU;
}

static void enlist(struct page *page)
{
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	set_listed(current_machine(), page);
}

/* All pages of @batch to their lists, the lock taken anew where the node changes. */
static void move_batch(struct lru_batch *batch)
{
	struct numasim_machine *m = current_machine();
	struct lru_batch moved = *batch;
	struct lock *held = NULL;

	batch->nr = 0;
	for (unsigned i = 0; i < moved.nr; i++) {
		struct page *page = pfn_to_page(m, moved.pfn[i]);
		struct lock *lock = &m->mm->lru_lock[page->node];

		observe(page->name);
		birth_known(page->name);
		if (lock != held) {
			if (held)
				lock_release(held);
			else
				local_irq_disable();
			lock_take(lock);
			held = lock;
		}
		enlist(page);
	}
	if (!held)
		return;
	lock_release(held);
	local_irq_enable();
	for (unsigned i = 0; i < moved.nr; i++)
		put_page(pfn_to_page(m, moved.pfn[i]));
}

/* A batch that has no memory is one that is always full. */
static void add_alone(struct page *page)
{
	struct lru_batch one = {.nr = 1,
				.pfn = {page_to_pfn(current_machine(), page)}};

	move_batch(&one);
}

void lru_cache_add(struct page *page)
{
	struct numasim_machine *m = current_machine();
	struct lru_cpu *lru = batches_of(m, this_cpu()->index);
	struct lru_batch *batch;

	get_page(page);
	touch(BATCH_OBJECT(this_cpu()->index), ACCESS_WRITE);
	if (!lru) {
		add_alone(page);
		return;
	}
	batch = &lru->add[batch_for(page)];
	if (!has(ROW_LRU_HUGE_AT_ONCE) && batch->nr == batch_size()) {
		move_batch(batch);
		touch(BATCH_OBJECT(this_cpu()->index), ACCESS_WRITE);
	}
	batch->pfn[batch->nr++] = page_to_pfn(m, page);
	if (has(ROW_LRU_HUGE_AT_ONCE) &&
	    (batch->nr == batch_size() || page->flags & PAGE_HEAD))
		move_batch(batch);
}

/* folio_add_lru() in a fault: with generations its page begins as active. */
void lru_cache_add_fault(struct page *page)
{
	if (lru_gen(current_machine()) && !(page->flags & (PAGE_UNEVICTABLE | PAGE_MLOCKED)))
		page_flags_set(page, PAGE_ACTIVE);
	lru_cache_add(page);
}

/* To v4.16 a page of a locked mapping goes on the unevictable list by itself. */
static void add_unevictable(struct page *page)
{
	struct lock *lock = &current_machine()->mm->lru_lock[page->node];

	local_irq_disable();
	lock_take(lock);
	enlist(page);
	lock_release(lock);
	local_irq_enable();
}

void lru_cache_add_vma(struct page *page, const struct vm_area_struct *vma)
{
	if ((vma->vm_flags & (VM_LOCKED | VM_SPECIAL)) != VM_LOCKED) {
		lru_cache_add_fault(page);
		return;
	}
	page_flags_clear(page, PAGE_ACTIVE);
	page_flags_set(page, PAGE_MLOCKED);
	if (has(ROW_MLOCK_BATCHED))
		lru_cache_add(page);
	else
		add_unevictable(page);
}

static void drain_cpu(struct numasim_machine *m, unsigned cpu)
{
	struct lru_cpu *lru = m->mm->pages->lru[cpu];

	for (unsigned i = 0; lru && i < LRU_BATCHES; i++)
		if (lru->add[i].nr)
			move_batch(&lru->add[i]);
		else
			observe(0);
}

void lru_add_drain(void)
{
	touch(BATCH_OBJECT(this_cpu()->index), ACCESS_WRITE);
	drain_cpu(current_machine(), this_cpu()->index);
}

/* The kernel has a worker do this on each CPU and waits for it; here the caller takes its steps.
 * What a CPU holds it only changes with preemption off, so no step of its own is in between. */
void lru_add_drain_all(void)
{
	struct numasim_machine *m = current_machine();

	for (unsigned cpu = 0; cpu < m->nr_cpus; cpu++) {
		point(POINT_UPDATE, BATCH_OBJECT(cpu), ACCESS_WRITE);
		drain_cpu(m, cpu);
	}
}

static void settle(struct numasim_machine *m, struct lru_batch *batch)
{
	for (unsigned i = 0; i < batch->nr; i++) {
		struct page *page = pfn_to_page(m, batch->pfn[i]);

		if (--page->count == 0) {
			frame_give(m, page);
			continue;
		}
		set_listed(m, page);
	}
	batch->nr = 0;
}

void lru_drain_setup(struct numasim_machine *m)
{
	for (unsigned cpu = 0; m->mm && cpu < m->nr_cpus; cpu++) {
		struct lru_cpu *lru = m->mm->pages->lru[cpu];

		for (unsigned i = 0; lru && i < LRU_BATCHES; i++)
			settle(m, &lru->add[i]);
	}
}

unsigned lru_batch_holds(const struct numasim_machine *m, const struct page *page)
{
	uint64_t pfn = page_to_pfn(m, page);
	unsigned held = 0;

	for (unsigned cpu = 0; cpu < m->nr_cpus; cpu++) {
		const struct lru_cpu *lru = m->mm->pages->lru[cpu];

		for (unsigned i = 0; lru && i < LRU_BATCHES; i++)
			for (unsigned k = 0; k < lru->add[i].nr; k++)
				held += lru->add[i].pfn[k] == pfn;
	}
	return held;
}

/* Pages in their order: it decides who is drained first. */
static void digest_batch(const struct numasim_machine *m, unsigned cpu,
			 const struct lru_batch *batch, struct digest_sink *sink)
{
	digest_put(sink, (uint64_t)cpu << 32 | batch->nr);
	for (unsigned i = 0; i < batch->nr; i++)
		digest_put(sink, pfn_to_page(m, batch->pfn[i])->name);
}

void pages_digest(const struct numasim_machine *m, struct digest_sink *sink)
{
	const struct page_room *room = m->mm->pages;

	digest_put(sink, room->fail_at > room->allocations ? room->fail_at - room->allocations : 0);
	digest_put(sink, room->fail_at && room->fail_on);
	for (unsigned cpu = 0; cpu < m->nr_cpus; cpu++)
		for (unsigned i = 0; room->lru[cpu] && i < LRU_BATCHES; i++)
			if (room->lru[cpu]->add[i].nr)
				digest_batch(m, cpu, &room->lru[cpu]->add[i], sink);
	for (unsigned cpu = 0; cpu < m->nr_cpus; cpu++)
		for (unsigned i = 0; i < m->nr_nodes; i++) {
			const struct pcp_list *list = room->zone[i].pcp[cpu];

			for (unsigned k = 0; list && k < list->nr; k++)
				digest_put(sink, pfn_to_page(m, list->pfn[(list->first + k) %
									  list->room])->name);
		}
}
