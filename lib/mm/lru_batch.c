/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Batches of pages on their way to an LRU list, per CPU (mm/swap.c):
 *
 *   lru_cache_add()   | page page page ...        | a reference each; PAGE_LRU not set yet
 *                     full, or drained: all at once under the LRU lock; references dropped
 *
 * A page in a batch of new ones cannot be isolated, by anybody, until its CPU has made enough other
 * pages or is drained: that is why migration is only best effort. Pages that change lists wait in
 * other batches (lru_move.c, mlock_page.c), and stay on their list meanwhile.
 */
#include "exec/var.h"
#include "mm/lru_batch.h"
#include "mm/mlock.h"

/* 14 pages, 15 when the count became a byte (v4.16), 31 since v6.9. */
unsigned lru_batch_size(void)
{
	if (has(ROW_PAGEVEC_31))
		return 31;
	return has(ROW_PAGEVEC_15) ? 15 : 14;
}

struct lru_batch *lru_batch_own(enum lru_batch_kind kind, bool make)
{
	struct numasim_machine *m = current_machine();
	struct lru_cpu **lru = &m->mm->pages->lru[this_cpu()->index];
	struct lru_batch **batch;

	if (!*lru && make)
		*lru = arena_alloc(m->arena, sizeof(**lru));
	if (!*lru)
		return NULL;
	batch = &(*lru)->batch[kind];
	if (!*batch && make)
		*batch = arena_alloc(m->arena, sizeof(**batch));
	return *batch;
}

/* To v3.10 there was a batch for each list. */
static unsigned batch_for(const struct page *page)
{
	if (has(ROW_PAGEVEC_ONE))
		return LRU_ADD;
	return LRU_ADD + (page->flags & PAGE_ACTIVE ? 1 : 0) +
	       (page->flags & PAGE_SWAPBACKED ? 0 : 2);
}

/* ---- a batch is moved ---- */

struct mover {
	enum lru_batch_kind kind;
	struct lock *held; /* the LRU lock of the last page's node */
};

static void relock(struct mover *mv, const struct page *page)
{
	struct lock *lock = &current_machine()->mm->lru_lock[page->node];

	if (lock == mv->held)
		return;
	if (mv->held)
		lock_release(mv->held);
	else
		local_irq_disable();
	lock_take(lock);
	mv->held = lock;
}

/* v5.11+: whoever clears the flag has the page. False: somebody else has. */
static bool take_off(struct page *page)
{
	bool listed;

	point(POINT_UPDATE, PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	listed = page->flags & PAGE_LRU;
	page->flags &= ~PAGE_LRU;
	observe(listed);
	return listed;
}

/* A page that is on a list, or was when it came into the batch. */
static void move_listed(struct mover *mv, struct page *page, enum mlock_how how)
{
	struct numasim_machine *m = current_machine();

	if (!has(ROW_LRU_BY_FLAG)) {
		relock(mv, page);
		touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
		if (page->flags & PAGE_LRU)
			lru_move(m, mv->kind, how, page);
		return;
	}
	if (take_off(page)) {
		relock(mv, page);
		touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
		lru_move(m, mv->kind, how, page);
		page->flags |= PAGE_LRU;
	} else if (mv->kind == LRU_MLOCK && how == MUNLOCK) {
		munlock_off_lru(m, page);
	}
}

static void move_new(struct mover *mv, struct page *page, enum mlock_how how)
{
	relock(mv, page);
	touch(PAGE_OBJECT(page, PAGE_F_FLAGS), ACCESS_WRITE);
	lru_move(current_machine(), mv->kind, how, page);
}

/* All pages of @batch to their lists, the lock taken anew where the node changes. */
static void move_batch(enum lru_batch_kind kind, struct lru_batch *batch)
{
	struct numasim_machine *m = current_machine();
	struct mover mv = {.kind = kind};
	struct lru_batch moved = *batch;

	batch->nr = 0;
	for (unsigned i = 0; i < moved.nr; i++) {
		struct page *page = pfn_to_page(m, moved.pfn[i]);

		observe(page->name);
		birth_known(page->name);
		if (kind < LRU_DEACTIVATE_FILE || moved.how[i] == MLOCK_NEW_PAGE)
			move_new(&mv, page, moved.how[i]);
		else
			move_listed(&mv, page, moved.how[i]);
	}
	if (mv.held) {
		lock_release(mv.held);
		local_irq_enable();
	}
	for (unsigned i = 0; i < moved.nr; i++)
		put_page(pfn_to_page(m, moved.pfn[i]));
}

/* ---- pages come ---- */

/* A batch that has no memory is one that is always full. */
static void move_alone(enum lru_batch_kind kind, struct page *page, enum mlock_how how)
{
	struct lru_batch one = {.nr = 1, .how = {how},
				.pfn = {page_to_pfn(current_machine(), page)}};

	move_batch(kind, &one);
}

static void append(struct lru_batch *batch, const struct page *page, enum mlock_how how)
{
	batch->how[batch->nr] = (uint8_t)how;
	batch->pfn[batch->nr++] = page_to_pfn(current_machine(), page);
}

void lru_batch_put(enum lru_batch_kind kind, struct page *page, enum mlock_how how)
{
	struct lru_batch *batch = lru_batch_own(kind, true);

	get_page(page);
	touch(BATCH_OBJECT(this_cpu()->index), ACCESS_WRITE);
	if (!batch) {
		move_alone(kind, page, how);
		return;
	}
	append(batch, page, how);
	if (batch->nr == lru_batch_size() ||
	    (has(ROW_LRU_HUGE_AT_ONCE) && page->flags & PAGE_HEAD))
		move_batch(kind, batch);
}

/* To v4.6 a batch of new pages is emptied only when one more comes. */
static void add_when_full(struct page *page)
{
	enum lru_batch_kind kind = batch_for(page);
	struct lru_batch *batch = lru_batch_own(kind, true);

	get_page(page);
	touch(BATCH_OBJECT(this_cpu()->index), ACCESS_WRITE);
	if (!batch) {
		move_alone(kind, page, 0);
		return;
	}
	if (batch->nr == lru_batch_size()) {
		move_batch(kind, batch);
		touch(BATCH_OBJECT(this_cpu()->index), ACCESS_WRITE);
	}
	append(batch, page, 0);
}

void lru_cache_add(struct page *page)
{
	if (has(ROW_LRU_HUGE_AT_ONCE))
		lru_batch_put(batch_for(page), page, 0);
	else
		add_when_full(page);
}

/* folio_add_lru() in a fault: with generations its page begins as active. */
void lru_cache_add_fault(struct page *page)
{
	if (lru_gen(current_machine()) && !(page->flags & (PAGE_UNEVICTABLE | PAGE_MLOCKED)))
		page_flags_set(page, PAGE_ACTIVE);
	lru_cache_add(page);
}

void lru_cache_add_vma(struct page *page, const struct vm_area_struct *vma)
{
	if ((vma->vm_flags & (VM_LOCKED | VM_SPECIAL)) != VM_LOCKED)
		lru_cache_add_fault(page);
	else
		mlock_new_page(page);
}

/* ---- draining ---- */

static void drain_cpu(struct numasim_machine *m, unsigned cpu)
{
	struct lru_cpu *lru = m->mm->pages->lru[cpu];
	unsigned waiting = 0;

	for (unsigned kind = 0; lru && kind < LRU_BATCHES; kind++)
		waiting |= (unsigned)(lru->batch[kind] && lru->batch[kind]->nr) << kind;
	observe(waiting);
	for (unsigned kind = 0; lru && kind < LRU_BATCHES; kind++)
		if (lru->batch[kind] && lru->batch[kind]->nr)
			move_batch(kind, lru->batch[kind]);
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
