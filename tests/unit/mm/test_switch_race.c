/* SPDX-License-Identifier: BSD-2-Clause */
/* Switches against flushes, in every order: who comes back must not use what was flushed. */
#include "mm_world.h"

#include "mm/mm_life.h"
#include "mm/switch.h"
#include "mm/tlb.h"

/* The page becomes read-only, and the flush says so to everybody. */
static void protects(void *payload)
{
	const struct mm_world *w = payload;
	struct lock *ptl;
	pte_t *pte;

	pte = entry_find(w->m, w->mm, w->x, 1);
	ptl = pte_lockptr(w->mm, pte);
	lock_take(ptl);
	set_pte_at(w->mm, w->x, pte,
		   kernel_pte_wrprotect(current_kernel(), entry_read(pte)));
	lock_release(ptl);
	flush_tlb_page(w->vma, w->x);
	for (unsigned i = 0; i < w->m->nr_cpus; i++) {
		const struct cpu *cpu = &w->m->cpu[i];

		/* nobody who runs the mm still has the old right, unless a fault gave it back */
		for (uint32_t k = 0; k < cpu->tlb->nr; k++)
			numasim_assert(cpu->mm != w->mm || cpu->tlbstate.lazy ||
				       cpu->tlb->entry[k].pcid != cpu->pcid ||
				       !cpu->tlb->entry[k].rw || pte_write(*pte));
	}
}

/* Away, and back: what it does next goes by the tables, or by what has not been flushed yet. */
static void goes_and_comes(void *payload)
{
	const struct mm_world *w = payload;
	struct task_struct *self = current_task();
	uint64_t value;

	numasim_user_store(w->x, 2);
	context_switch(cpu_idle_task(this_cpu()));
	numasim_assert(this_cpu()->task != self);
	context_switch(self);
	numasim_assert(this_cpu()->mm == w->mm && !this_cpu()->tlbstate.lazy);
	numasim_user_load(&value, w->x);
	numasim_assert(value == 2);
}

static void race(const char *release)
{
	struct numasim_program_options options = {.release = release};
	struct mm_world w;

	mm_world_open(&w, &options, false);
	mm_world_add(&w, "switcher", goes_and_comes, 0);
	mm_world_add(&w, "flusher", protects, 1);
	mm_world_search(&w, NUMASIM_ENGINE_GRAPH, NULL);
	if (w.info.verdict != NUMASIM_VERDICT_HOLDS)
		fail_msg("%s: %s", release, w.info.sentence);
	assert_true(w.info.states > 100);
	mm_world_close(&w);
}

static void test_lazy_against_flush(void **state)
{
	race("v3.8");
	race("v3.13");
}

/* Exit on one processor, the last thread's on another: one of them takes the mappings down. */
static void exits(void *payload)
{
	do_exit();
}

static void all_gone(void *payload)
{
	const struct mm_world *w = payload;

	numasim_assert(w->mm->mm_users == 0);
	numasim_assert(RB_EMPTY(&w->mm->vmas));
}

static void test_exits(void **state)
{
	struct mm_world w;

	mm_world_open(&w, NULL, false);
	mm_world_add(&w, "a", exits, 0);
	mm_world_add(&w, "b", exits, 1);
	numasim_program_check(w.program, all_gone, &w);
	mm_world_search(&w, NUMASIM_ENGINE_GRAPH, NULL);
	if (w.info.verdict != NUMASIM_VERDICT_HOLDS)
		fail_msg("%s", w.info.sentence);
	mm_world_close(&w);
}

/* A fork while another thread writes: the child has the word from before or after. */
static void forks(void *payload)
{
	const struct mm_world *w = payload;
	struct task_struct *child, *self = current_task();
	uint64_t value;

	numasim_assert(!do_fork(&child, 0, 2000, "C"));
	context_switch(child);
	numasim_user_load(&value, w->x);
	numasim_assert(value == 1 || value == 2);
	numasim_user_store(w->x, 3);
	numasim_user_load(&value, w->x);
	numasim_assert(value == 3);
	context_switch(self);
	numasim_user_load(&value, w->x);
	numasim_assert(value != 3);
}

static void writes(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t value;

	numasim_user_store(w->x, 2);
	numasim_user_load(&value, w->x);
	numasim_assert(value == 2);
}

static void test_fork_against_write(void **state)
{
	struct mm_world w;

	mm_world_open(&w, NULL, false);
	mm_world_add(&w, "forker", forks, 0);
	mm_world_add(&w, "writer", writes, 1);
	mm_world_search(&w, NUMASIM_ENGINE_GRAPH, "assertion");
	if (w.info.verdict != NUMASIM_VERDICT_HOLDS)
		fail_msg("%s", w.info.sentence);
	mm_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lazy_against_flush),
		cmocka_unit_test(test_exits),
		cmocka_unit_test(test_fork_against_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
