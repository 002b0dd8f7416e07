/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Locks: who holds them, who waits. A spin lock and a writer are remembered by context; a page
 * lock is a flag, and readers are a number, so of those only that they are taken is known.
 */
#include "report/show.h"

#include "mm/page.h"

struct lock_state {
	uint64_t object;
	uint16_t owner;	  /* context, or 0 */
	uint16_t readers;
	bool anonymous;	  /* taken, by somebody */
};

/* Calls @visit for every lock of the machine, taken or not. */
typedef void (*lock_visitor)(void *self, const struct lock_state *state);

static void visit_lock(lock_visitor visit, void *self, const struct lock *lock)
{
	visit(self, &(struct lock_state){.object = OBJECT(OBJ_LOCK, lock->name, lock->class),
					 .owner = lock->owner});
}

static void visit_rwlock(lock_visitor visit, void *self, const struct rwlock *lock)
{
	visit(self, &(struct lock_state){.object = OBJECT(OBJ_LOCK, lock->name, lock->class),
					 .owner = lock->writer, .readers = lock->readers});
}

static void visit_page(lock_visitor visit, void *self, const struct page *page)
{
	if (!(page->flags & PAGE_FREE))
		visit(self, &(struct lock_state){.object = PAGE_OBJECT(page, PAGE_F_LOCK),
						 .anonymous = page->flags & PAGE_LOCKED});
}

static void visit_pages(const struct numasim_machine *m, lock_visitor visit, void *self)
{
	for (unsigned i = 0; i < m->nr_nodes; i++) {
		const struct node_space *space = &m->space[i];

		for (uint32_t at = m->node[i].touched; at; at = space->block[at - 1].next) {
			const struct block *block = &space->block[at - 1];

			if (block->kind == BLOCK_HUGE)
				visit_page(visit, self, &block->head);
			for (unsigned k = 0; block->kind == BLOCK_BROKEN && k < block->used; k++)
				visit_page(visit, self, block_page(space, at - 1, k));
		}
	}
}

static void visit_mm(const struct mm_struct *mm, lock_visitor visit, void *self)
{
	visit_rwlock(visit, self, &mm->mmap_sem);
	visit_lock(visit, self, &mm->page_table_lock);
	for (struct table *t = RB_MIN(table_tree, (struct table_tree *)&mm->tables); t;
	     t = RB_NEXT(table_tree, NULL, t))
		visit_lock(visit, self, &t->ptl);
}

static void visit_all(const struct numasim_machine *m, lock_visitor visit, void *self)
{
	const struct anon_vma *anon_vma;
	const struct mm_struct *mm;

	TAILQ_FOREACH(mm, &m->mm->mms, link)
		visit_mm(mm, visit, self);
	TAILQ_FOREACH(anon_vma, &m->mm->anon_vmas, link)
		visit_rwlock(visit, self, &anon_vma->lock);
	for (unsigned i = 0; i < m->nr_nodes; i++)
		visit_lock(visit, self, &m->mm->lru_lock[i]);
	visit_pages(m, visit, self);
}

/* ---- who holds one ---- */

struct search {
	uint64_t object;
	uint16_t owner;
};

static void match(void *self, const struct lock_state *state)
{
	struct search *search = self;

	if (state->object == search->object)
		search->owner = state->owner;
}

const struct context *show_holder(const struct numasim_machine *m, uint64_t object)
{
	struct search search = {.object = object};

	visit_all(m, match, &search);
	return search.owner && search.owner <= m->exec.nr_contexts ?
		       m->exec.context[search.owner - 1] : NULL;
}

/* ---- all of them ---- */

struct listing {
	const struct show *show;
	unsigned nr;
};

/* The contexts that cannot go on before @object is free; how many. With @print, their names. */
static unsigned waiters(const struct show *s, uint64_t object, bool print)
{
	struct exec *exec = &s->m->exec;
	unsigned nr = 0;

	for (unsigned i = 0; i < exec->nr_contexts; i++) {
		struct announcement a;

		if (exec->context[i]->status != CONTEXT_LIVE)
			continue;
		exec_announce(exec, (struct choice){i, 0}, &a);
		if (a.enabled || a.waits_for != object)
			continue;
		if (print)
			fprintf(s->out, "%s %s", nr ? "," : "; waiting:", exec->context[i]->name);
		nr++;
	}
	return nr;
}

static void list(void *self, const struct lock_state *state)
{
	struct listing *listing = self;
	const struct show *s = listing->show;
	bool taken = state->owner || state->readers || state->anonymous;

	if (!taken && !waiters(s, state->object, false))
		return;
	listing->nr++;
	fprintf(s->out, "%s: ", SHOW_OBJECT(s, state->object));
	if (state->owner && state->owner <= s->m->exec.nr_contexts)
		fprintf(s->out, "held by %s", s->m->exec.context[state->owner - 1]->name);
	else if (state->readers)
		fprintf(s->out, "held by %u reader%s", state->readers,
			state->readers > 1 ? "s" : "");
	else
		fputs(taken ? "held" : "free", s->out);
	waiters(s, state->object, true);
	fputc('\n', s->out);
}

void show_locks(const struct show *s)
{
	struct listing listing = {.show = s};

	visit_all(s->m, list, &listing);
	if (!listing.nr)
		fputs("no lock is held, and nobody waits for one\n", s->out);
}
