/* SPDX-License-Identifier: BSD-2-Clause */
/* What runs out: a default machine's memory, every frame of it audited, and room for a process. */
#include "sim_world.h"

#include "mm/page.h"
#include "mm/zone.h"
#include "sim/system.h"

#define GIB UINT64_C(0x40000000)

static uint64_t free_frames(const struct numasim_machine *m)
{
	uint64_t nr = 0;

	for (unsigned i = 0; i < m->nr_nodes; i++)
		nr += m->node[i].nr_free + pcp_count(m, i);
	return nr;
}

/* The default system, its memory taken by @w->p's base pages (which hold no bytes on the host). */
static uint64_t open_full(struct sim_world *w)
{
	const struct numasim_system_options options = {.thp = NUMASIM_THP_NEVER};
	long at;

	memset(w, 0, sizeof(*w));
	assert_int_equal(numasim_system_create(&w->system, &options, &w->err), 0);
	assert_int_equal(numasim_process_create(&w->p, w->system, "P", 0, &w->err), 0);
	at = numasim_sys_mmap(w->p, 0, 3 * GIB, RW,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_true(at > 0);
	assert_true(numasim_sys_madvise(w->p, (uint64_t)at, 3 * GIB, MADV_POPULATE_WRITE) < 0);
	return (uint64_t)at;
}

/* An audit that asked the tables about one page after the other would not come to its end here:
 * half a million pages times a thousand tables. Swap slots likewise. */
static void all_memory_can_be_audited(void **state)
{
	struct numasim_entries e;
	struct sim_world w;
	struct page *page;
	uint64_t at = open_full(&w), pages = 2 * GIB / PG;

	assert_true(sim_counter(&w, "pgfault") > pages * 9 / 10);
	assert_int_equal(numasim_sys_swapon(w.p, pages), 0);
	assert_int_equal(numasim_system_drain(w.system), 0);
	assert_int_equal(numasim_sys_madvise(w.p, at, GIB / 4, MADV_PAGEOUT), 0);
	numasim_process_entries(&e, w.p, at);
	assert_true(e.pte && !(e.pte & 1));
	if (numasim_system_audit(w.system, &w.err))
		fail_msg("%s", w.err.text);
	numasim_process_entries(&e, w.p, at + GIB);
	page = pfn_to_page(w.system->machine, e.pte >> 12 & 0xffffffffff);
	page->mapcount++;
	assert_int_equal(numasim_system_audit(w.system, &w.err), -EUCLEAN);
	assert_non_null(strstr(w.err.text, "map count 2, but 1 entries"));
	page->mapcount--;
	w.system->machine->exec.violation.found = false;
	sim_close(&w);
}

/* What a process is made of, but for what only tells lives of a frame apart. */
struct account {
	uint64_t frames, kmem;
	uint32_t births, mms;
};

static struct account account_of(const struct sim_world *w)
{
	const struct numasim_machine *m = w->system->machine;

	return (struct account){free_frames(m), kmem_in_use(m), m->exec.setup_births, m->mm->nr_mm};
}

static void create_in_vain(struct sim_world *w, const struct account *before)
{
	struct numasim_process *p = NULL, *last = w->system->processes;
	struct account after;

	assert_int_equal(numasim_process_create(&p, w->system, "Q", 0, &w->err), -ENOMEM);
	after = account_of(w);
	assert_memory_equal(&after, before, sizeof(after));
	assert_null(p);
	assert_ptr_equal(w->system->processes, last);
}

/* Blocks of the arena until there is none; the larger first, so that nothing fits any more. */
static void use_up(struct arena *arena)
{
	for (size_t size = arena->reserved; size >= ARENA_ALIGN; size /= 2)
		while (arena_alloc(arena, size))
			;
}

/* No room for any of the process's objects, then for the first, for the first two; then for all. */
static void a_process_without_room_changes_nothing(void **state)
{
	static const size_t needs[] = {sizeof(struct mm_struct), sizeof(struct table),
				       sizeof(struct task_struct)};
	struct numasim_process *p = NULL;
	struct account before;
	struct arena *arena;
	struct sim_world w;
	void *spare[3];

	sim_open(&w, "debian-6.12.117", NUMASIM_THP_NEVER);
	arena = w.system->machine->arena;
	for (int i = 0; i < 3; i++)
		spare[i] = arena_alloc(arena, needs[i]);
	use_up(arena);
	before = account_of(&w);
	for (int i = 0; i < 3; i++) {
		create_in_vain(&w, &before);
		arena_free(arena, spare[i], needs[i]);
	}
	assert_int_equal(numasim_process_create(&p, w.system, "Q", 0, &w.err), 0);
	assert_int_equal(numasim_process_id(p), numasim_process_id(w.p) + 1);
	sim_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_memory_can_be_audited),
		cmocka_unit_test(a_process_without_room_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
