/* SPDX-License-Identifier: BSD-2-Clause */
/* What becomes of pages that somebody keeps: shares, forks, splits, swap, ends. */
#include "gup_world.h"

static const char *const releases[] = {"v3.8", "v3.13", "v4.4", "v4.8", "v4.9", "v4.14", "v5.6",
				       "v5.7", "v5.8", "v5.9", "v5.18", "v5.19", "v6.0",
				       "debian-6.1.192", "v6.5", "debian-6.12.117"};
#define NR_RELEASES (sizeof(releases) / sizeof(releases[0]))

/* Each with a system of its own. */
static void in_all(void (*check)(struct gup_world *w), enum numasim_thp thp)
{
	for (unsigned i = 0; i < NR_RELEASES; i++) {
		struct gup_world w;

		world_open(&w, releases[i], thp);
		check(&w);
		world_close(&w);
	}
}

/* ---- C3: who still has the page when one of two writes ---- */

/*
 *	P	Q
 *		holds the shared page, unmaps it
 *	writes				its entry is the only one left
 */
static void check_child_holds(struct gup_world *w)
{
	uint64_t at = world_written_page(w);
	struct numasim_process *q = world_fork(w);
	bool leaks = !world_has(w, ROW_C3_COW_BREAK) && !world_has(w, ROW_C3_WP_SIMPLE);

	assert_int_equal(numasim_gup(q, q, at, 0), 0);
	assert_int_equal(numasim_sys_munmap(q, at, PAGE), 0);
	assert_int_equal(numasim_process_store(w->p, at, 2), 0);
	assert_int_equal(world_dma(q, at), leaks ? 2 : 1);
	assert_int_equal(world_load(w->p, at), 2);
	assert_int_equal(numasim_gup_put(q, q, at), 0);
}

/* P holds the shared page, and writes: it gets a copy. Q writes what P holds. */
static void check_parent_holds(struct gup_world *w)
{
	uint64_t at = world_written_page(w);
	struct numasim_process *q = world_fork(w);
	bool breaks = world_has(w, ROW_C3_COW_BREAK), counts = world_has(w, ROW_C3_WP_SIMPLE);

	assert_int_equal(numasim_gup(w->p, w->p, at, 0), 0);
	assert_int_equal(numasim_process_store(w->p, at, 2), 0);
	assert_int_equal(numasim_process_store(q, at, 3), 0);
	assert_int_equal(world_dma(w->p, at), breaks ? 2 : counts ? 1 : 3);
	assert_int_equal(world_load(w->p, at), 2);
	assert_int_equal(world_load(q, at), 3);
}

/* A debugger writes to what a child shares, and nobody may: the child does not see it. */
static void check_forced(struct gup_world *w)
{
	uint64_t at = world_written_page(w);
	struct numasim_process *q;

	assert_int_equal(numasim_sys_mprotect(w->p, at, PAGE, PROT_READ), 0);
	q = world_fork(w);
	assert_int_equal(numasim_mem_write(w->p, w->p, at, 2), 0);
	assert_int_equal(numasim_mem_write(q, q, at + 8, 3), 0);
	assert_int_equal(world_load(w->p, at), 2);
	assert_int_equal(world_load(w->p, at + 8), 0);
	assert_int_equal(world_load(q, at), 1);
	assert_int_equal(world_load(q, at + 8), 3);
}

static void shares(void **state)
{
	in_all(check_forced, NUMASIM_THP_NEVER);
	in_all(check_child_holds, NUMASIM_THP_NEVER);
	in_all(check_parent_holds, NUMASIM_THP_NEVER);
}

/* A pin, for reading: in v5.8 and from v5.19 on what P writes later is seen through it. */
static void check_pin(struct gup_world *w)
{
	uint64_t at = world_written_page(w);
	struct numasim_process *q = world_fork(w);
	bool own = world_has(w, ROW_C3_COW_BREAK) || world_has(w, ROW_GUP_UNSHARES);

	assert_int_equal(numasim_gup(w->p, w->p, at, NUMASIM_GUP_PIN), 0);
	if (own)
		assert_ptr_not_equal(world_page(w->p, at), world_page(q, at));
	assert_int_equal(numasim_process_store(w->p, at, 2), 0);
	if (own)
		assert_int_equal(world_dma(w->p, at), 2);
	else
		assert_int_not_equal(world_dma(w->p, at), 2);
	assert_int_equal(world_load(q, at), 1);
}

/* Pinned before the fork: from v5.9 on the child gets the copy, so that P keeps what it pinned. */
static void check_fork(struct gup_world *w)
{
	uint64_t at = world_written_page(w);
	struct numasim_process *q;

	assert_int_equal(numasim_gup(w->p, w->p, at, NUMASIM_GUP_PIN | NUMASIM_GUP_WRITE), 0);
	q = world_fork(w);
	assert_int_equal(world_page(w->p, at) == world_page(q, at),
			 !world_has(w, ROW_FORK_COPIES_PINNED));
	assert_int_equal(numasim_process_store(w->p, at, 2), 0);
	if (world_has(w, ROW_FORK_COPIES_PINNED)) {
		assert_int_equal(numasim_dma_write(w->p, w->p, at + 8, 9), 0);
		assert_int_equal(world_load(w->p, at + 8), 9);
	}
	assert_int_equal(world_load(q, at), 1);
}

static void pins(void **state)
{
	in_all(check_pin, NUMASIM_THP_NEVER);
	in_all(check_fork, NUMASIM_THP_NEVER);
}

/* ---- counts ---- */

static void check_counts(struct gup_world *w)
{
	uint64_t at = world_written_page(w), value;
	struct page *page = world_page(w->p, at);
	int32_t before = page->count, pin = world_has(w, ROW_PIN_COUNTED) ? 1024 : 1;

	assert_int_equal(numasim_gup(w->p, w->p, at, 0), 0);
	assert_int_equal(page->count, before + 1);
	assert_int_equal(numasim_gup(w->p, w->p, at, NUMASIM_GUP_PIN), 0);
	assert_int_equal(page->count, before + 1 + pin);
	assert_int_equal(w->p->task->mm->has_pinned, world_has(w, ROW_FORK_COPIES_PINNED));
	assert_int_equal(numasim_system_audit(w->system, NULL), 0);
	assert_int_equal(numasim_gup_put(w->p, w->p, at), 0); /* the pin */
	assert_int_equal(page->count, before + 1);
	assert_int_equal(numasim_sys_munmap(w->p, at, PAGE), 0);
	assert_int_equal(numasim_system_audit(w->system, NULL), 0);
	assert_int_equal(numasim_dma_write(w->p, w->p, at + 8, 7), 0);
	assert_int_equal(world_dma(w->p, at + 8), 7);
	assert_int_equal(numasim_dma_read(w->p, &value, w->p, at + 1), -EINVAL);
	assert_int_equal(numasim_dma_read(w->p, &value, w->p, at + PAGE), -ENOENT);
	assert_int_equal(numasim_dma_write(w->p, w->p, at + PAGE, 1), -ENOENT);
	assert_int_equal(numasim_gup_put(w->p, w->p, at), 0);
	assert_int_equal(numasim_gup_put(w->p, w->p, at), -ENOENT);
}

/* Who exits keeps nothing. */
static void check_exit(struct gup_world *w)
{
	uint64_t at = world_written_page(w);
	struct numasim_process *q = world_fork(w);

	assert_int_equal(numasim_gup(q, q, at, NUMASIM_GUP_PIN), 0);
	assert_int_equal(numasim_gup(q, w->p, at, NUMASIM_GUP_WRITE), 0);
	assert_int_equal(numasim_exit(q), 0);
}

static void counts(void **state)
{
	in_all(check_counts, NUMASIM_THP_NEVER);
	in_all(check_exit, NUMASIM_THP_NEVER);
}

/* ---- huge pages ---- */

/* Parts of a huge page are held; some of its mapping goes, and the page falls apart, or not. */
static uint64_t huge_place(struct gup_world *w)
{
	return (world_anon(w, 2 * HUGE, PROT_READ | PROT_WRITE) + HUGE - 1) & ~(HUGE - 1);
}

static void check_split(struct gup_world *w)
{
	uint64_t before = huge_place(w), at = huge_place(w);

	/* the frames have lived before, some of them as parts */
	assert_int_equal(numasim_process_store(w->p, before, 1), 0);
	assert_int_equal(numasim_sys_munmap(w->p, before, HUGE), 0);
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(numasim_process_store(w->p, at + i * PAGE, 10 + i), 0);
	assert_int_equal(numasim_gup(w->p, w->p, at, 0), 0);
	assert_int_equal(numasim_gup(w->p, w->p, at + 3 * PAGE, NUMASIM_GUP_PIN), 0);
	assert_int_equal(numasim_gup(w->p, w->p, at + 5 * PAGE, NUMASIM_GUP_WRITE), 0);
	assert_int_equal(numasim_system_audit(w->system, NULL), 0);
	assert_int_equal(numasim_sys_munmap(w->p, at, 4 * PAGE), 0);
	assert_int_equal(numasim_system_audit(w->system, NULL), 0);
	assert_int_equal(world_dma(w->p, at), 10);
	assert_int_equal(world_dma(w->p, at + 3 * PAGE), 13);
	assert_int_equal(numasim_dma_write(w->p, w->p, at + 5 * PAGE, 99), 0);
	assert_int_equal(world_load(w->p, at + 5 * PAGE), 99);
	assert_int_equal(numasim_gup_put(w->p, w->p, at + 3 * PAGE), 0);
	assert_int_equal(numasim_sys_munmap(w->p, at, HUGE), 0);
	assert_int_equal(numasim_system_audit(w->system, NULL), 0);
	assert_int_equal(world_dma(w->p, at + 5 * PAGE), 99);
}

static void splits(void **state)
{
	in_all(check_split, NUMASIM_THP_ALWAYS);
}

/* ---- freed frames ---- */

static long drop_reference(struct page *page)
{
	put_page(page);
	return 0;
}

/* Somebody drops a reference that is not his: the device meets a freed frame. */
static void freed_frame(void **state)
{
	struct gup_world w;
	struct page *page;
	uint64_t at;

	world_open(&w, "v4.14", NUMASIM_THP_NEVER);
	at = world_written_page(&w);
	page = world_page(w.p, at);
	assert_int_equal(numasim_gup(w.p, w.p, at, 0), 0);
	assert_int_equal(numasim_sys_munmap(w.p, at, PAGE), 0);
	IN_PROCESS(w.p, (lru_add_drain_all(), 0));
	assert_int_equal(IN_PROCESS(w.p, drop_reference(page)), 0);
	assert_false(w.system->machine->exec.violation.found);
	assert_int_equal(numasim_dma_write(w.p, w.p, at, 1), 0);
	assert_int_equal(w.system->machine->exec.violation.oracle, ORACLE_USE_AFTER_FREE);
	numasim_system_free(w.system);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares), cmocka_unit_test(pins),   cmocka_unit_test(counts),
		cmocka_unit_test(splits), cmocka_unit_test(freed_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
