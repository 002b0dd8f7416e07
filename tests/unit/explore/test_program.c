/* SPDX-License-Identifier: BSD-2-Clause */
/* <numasim/program.h>: programs, seats, address spaces, set-ups; and every kind of bad input. */
#include "program_world.h"

#include "machine/topology.h"
#include "mm/mm.h"

static void nothing(void *payload)
{
}

static void reads_x0(void *payload)
{
	struct program_world *w = payload;

	numasim_atomic_read(w->x[0]);
}

/* ---- making one ---- */

static int create(const struct numasim_program_options *options, struct numasim_error *err)
{
	struct numasim_program *program = NULL;
	int ret = numasim_program_create(&program, options, err);

	assert_true(!program == !!ret); /* untouched on error */
	numasim_program_free(program);
	return ret;
}

static void test_options(void **state)
{
	struct numasim_program_options o = {0};
	struct numasim_error err = {0};

	assert_int_equal(create(NULL, &err), 0);
	assert_int_equal(create(&o, NULL), 0);
	o.release = "v3.8+merged";
	assert_int_equal(create(&o, &err), 0);
	o.release = "v3.99";
	assert_int_equal(create(&o, &err), -ENOENT);
	assert_non_null(strstr(err.text, "v3.99"));
	o.release = "v6.1";
	assert_int_equal(create(&o, &err), -ENOTSUP);
	assert_non_null(strstr(err.text, "v6.1"));
	o.release = "";
	assert_int_not_equal(create(&o, &err), 0);
	o.release = NULL;
	o.walker_budget = 8;
	assert_int_equal(create(&o, &err), 0);
	o.walker_budget = 9;
	assert_int_equal(create(&o, &err), -EINVAL);
	assert_int_equal(err.code, -EINVAL);
	numasim_program_free(NULL);
}

/* ---- contexts and seats ---- */

static int add(struct program_world *w, const char *name, int where, unsigned id)
{
	struct numasim_seat seat = {.where = where, .id = id};

	return numasim_program_add(w->program, name, nothing, NULL, &seat, &w->err);
}

/* The CPU (as the topology numbers it) of context @i. */
static unsigned cpu_of(const struct program_world *w, unsigned i)
{
	return w->program->m->cpu[w->program->context[i].cpu].id;
}

static void test_seats(void **state)
{
	struct program_world *w = *state;

	assert_int_equal(add(w, "a", NUMASIM_SEAT_ANY, 0), 0);
	assert_int_equal(add(w, "b", NUMASIM_SEAT_NODE, 1), 0);
	assert_int_equal(add(w, "c", NUMASIM_SEAT_CPU, 1), 0);
	assert_int_equal(add(w, "d", NUMASIM_SEAT_ANY, 99), 0);
	assert_int_equal(add(w, "e", NUMASIM_SEAT_NODE, 1), 0);
	assert_int_equal(cpu_of(w, 0), 0);
	assert_int_equal(cpu_of(w, 1), 8);
	assert_int_equal(cpu_of(w, 2), 1);
	assert_int_equal(cpu_of(w, 3), 2);
	assert_int_equal(cpu_of(w, 4), 9);
	assert_int_equal(add(w, "f", NUMASIM_SEAT_CPU, 8), -EBUSY);
	assert_non_null(strstr(w->err.text, "CPU 8"));
	assert_int_equal(add(w, "f", NUMASIM_SEAT_CPU, 16), -ENOENT);
	assert_int_equal(add(w, "f", NUMASIM_SEAT_NODE, 2), -ENOENT);
	assert_non_null(strstr(w->err.text, "no node 2"));
	assert_int_equal(add(w, "f", 3, 0), -EINVAL);
	assert_int_equal(w->program->nr_contexts, 5);
	for (int i = 0; i < 6; i++)
		assert_int_equal(add(w, (char[]){'g' + i, 0}, NUMASIM_SEAT_NODE, 1), 0);
	assert_int_equal(add(w, "m", NUMASIM_SEAT_NODE, 1), -ENOENT);
	assert_non_null(strstr(w->err.text, "node 1 has no free CPU"));
	for (int i = 0; i < 5; i++)
		assert_int_equal(add(w, (char[]){'n' + i, 0}, NUMASIM_SEAT_ANY, 0), 0);
	assert_int_equal(add(w, "z", NUMASIM_SEAT_ANY, 0), -ENOSPC);
}

/* Sparse ids, a node without CPUs, one CPU in all. */
static void test_a_small_machine(void **state)
{
	struct numasim_topology *t = topology_new(2, 1, 0);
	struct numasim_program_options o = {.topology = t};
	struct program_world w = {0};

	t->node_id[0] = 4;
	t->node_id[1] = 250;
	t->memory[0] = t->memory[1] = 1 << 24;
	t->cpu_id[0] = t->node_cpus[0] = 77;
	t->cpu_node[0] = 1;
	t->first_cpu[1] = 0;
	t->first_cpu[2] = 1;
	topology_default_distances(t);
	assert_int_equal(numasim_program_create(&w.program, &o, &w.err), 0);
	numasim_topology_free(t); /* it was only read */
	assert_int_equal(add(&w, "a", NUMASIM_SEAT_NODE, 4), -ENOENT);
	assert_int_equal(add(&w, "a", NUMASIM_SEAT_NODE, 250), 0);
	assert_int_equal(cpu_of(&w, 0), 77);
	assert_int_equal(add(&w, "b", NUMASIM_SEAT_ANY, 0), -ENOENT);
	assert_non_null(strstr(w.err.text, "no free CPU"));
	world_close(&w);
}

static void test_names(void **state)
{
	struct program_world *w = *state;

	assert_int_equal(add(w, "", 0, 0), -EINVAL);
	assert_int_equal(add(w, NULL, 0, 0), -EINVAL);
	assert_int_equal(add(w, "a name of thirty-two bytes, so..", 0, 0), -EINVAL);
	assert_int_equal(add(w, "a name of thirty-one bytes, so.", 0, 0), 0);
	assert_int_equal(add(w, "a name of thirty-one bytes, so.", 0, 0), -EEXIST);
	assert_int_equal(numasim_program_add(w->program, "b", NULL, NULL, NULL, &w->err), -EINVAL);
	assert_int_equal(w->program->nr_contexts, 1);
}

/* ---- searching ---- */

static void explores(void *payload)
{
	struct program_world *w = payload;
	struct numasim_result *result;

	numasim_atomic_read(w->x[0]);
	numasim_assert(numasim_program_explore(&result, w->program, NULL, NULL) == -EBUSY);
	numasim_assert(numasim_program_setup(w->program, nothing, NULL, NULL, NULL) == -EBUSY);
}

static void test_bad_searches(void **state)
{
	struct program_world *w = *state;
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;
	struct numasim_result *result = NULL;

	assert_int_equal(numasim_program_explore(&result, w->program, NULL, &w->err), -EINVAL);
	assert_non_null(strstr(w->err.text, "no context"));
	world_add(w, "a", explores);
	search.engine = NUMASIM_ENGINE_TREE;
	search.bound = 1;
	assert_int_equal(numasim_program_explore(&result, w->program, &search, &w->err), -EINVAL);
	search.engine = 99;
	search.bound = NUMASIM_NO_BOUND;
	assert_int_equal(numasim_program_explore(&result, w->program, &search, &w->err), -EINVAL);
	assert_null(result);
	world_explore(w, NUMASIM_ENGINE_GRAPH);
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_HOLDS);
}

/* The check's reads are causes of what it finds; and it may say it in its own words. */
static void check_says(void *payload)
{
	struct program_world *w = payload;

	if (numasim_atomic_read(w->x[0]) != 7)
		numasim_fail("x0 is %d, not 7", (int)numasim_atomic_read(w->x[0]));
}

static void test_check(void **state)
{
	struct program_world *w = *state;
	struct numasim_result_step step;

	world_add(w, "a", reads_x0);
	assert_int_equal(numasim_program_check(w->program, check_says, w), 0);
	world_explore(w, NUMASIM_ENGINE_GRAPH);
	assert_string_equal(w->info.sentence, "x0 is 0, not 7");
	assert_string_equal(w->info.oracle, "assertion");
	assert_int_equal(w->info.nr_columns, 1);
	assert_int_equal(w->info.nr_steps, 1);
	assert_int_equal(numasim_result_step(&step, w->result, 0), 0);
	assert_string_equal(step.actor, "a");
	assert_string_equal(step.object, "x0");
	assert_string_equal(step.text, "read x0 = 0");
	assert_int_equal(numasim_program_check(w->program, NULL, NULL), 0);
	world_explore(w, NUMASIM_ENGINE_GRAPH);
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_HOLDS);
}

/* ---- address spaces ---- */

static void test_bad_address_spaces(void **state)
{
	struct program_world *w = *state, other;
	struct mm_struct *mm = NULL, *foreign;
	struct vm_area_struct *vma = NULL;
	struct numasim_seat seat = {0};
	uint64_t value = 5;

	assert_int_equal(numasim_program_mm(&mm, w->program, "", &w->err), -EINVAL);
	assert_int_equal(numasim_program_mm(&mm, w->program, NULL, &w->err), -EINVAL);
	assert_null(mm);
	assert_false(numasim_program_peek(&value, w->program, NULL, 0x1000));
	assert_int_equal(value, 0);
	assert_int_equal(numasim_program_mm(&mm, w->program, "P", &w->err), 0);
	assert_int_equal(numasim_program_map(&vma, w->program, mm, 0, 1, &w->err), -EINVAL);
	assert_int_equal(numasim_program_map(&vma, w->program, mm, UINT64_MAX, 1, &w->err), -EINVAL);
	assert_int_equal(numasim_program_map(&vma, w->program, mm, 4096, 8, &w->err), -EINVAL);
	assert_int_equal(numasim_program_map(&vma, w->program, NULL, 4096, 1, &w->err), -EINVAL);
	world_open(&other, NULL);
	assert_int_equal(numasim_program_mm(&foreign, other.program, "P", &other.err), 0);
	assert_int_equal(numasim_program_map(&vma, w->program, foreign, 4096, 1, &w->err), -EINVAL);
	assert_null(vma);
	seat.mm = foreign;
	assert_int_equal(numasim_program_add(w->program, "a", nothing, NULL, &seat, &w->err),
			 -EINVAL);
	world_close(&other);
	assert_int_equal(numasim_program_watch(w->program, 4, &w->err), -EINVAL);
	for (int i = 1; i < MM_MAX; i++)
		assert_int_equal(numasim_program_mm(&mm, w->program, "P", &w->err), 0);
	assert_int_equal(numasim_program_mm(&mm, w->program, "P", &w->err), -ENOSPC);
}

static void test_mappings(void **state)
{
	struct program_world *w = *state;
	struct vm_area_struct *a, *b;
	struct mm_struct *mm;
	uint64_t value = 1;

	assert_int_equal(numasim_program_mm(&mm, w->program, "P", &w->err), 0);
	assert_int_equal(numasim_program_map(&a, w->program, mm, 1, NUMASIM_MAP_READ, &w->err), 0);
	assert_int_equal(numasim_program_map(&b, w->program, mm, (1 << 21) + 1,
					     NUMASIM_MAP_READ | NUMASIM_MAP_HUGE, &w->err), 0);
	assert_int_equal(numasim_vma_end(a) - numasim_vma_start(a), 4096);
	assert_int_equal(numasim_vma_end(b) - numasim_vma_start(b), (1 << 21) + 4096);
	assert_int_equal(numasim_vma_start(b) % (1 << 21), 0);
	assert_true(numasim_vma_start(b) > numasim_vma_end(a));
	assert_ptr_equal(numasim_vma_mm(b), mm);
	assert_false(numasim_program_peek(&value, w->program, mm, numasim_vma_start(a)));
	assert_int_equal(value, 0); /* nothing is there yet */
}

/* ---- set-ups ---- */

static void waits_for_ever(void *payload)
{
	struct program_world *w = payload;

	numasim_atomic_set(w->x[0], 1);
	numasim_atomic_wait_eq(w->x[1], 1);
}

static void goes_round(void *payload)
{
	struct program_world *w = payload;

	for (;;)
		numasim_atomic_add_return(1, w->x[0]);
}

static void fails(void *payload)
{
	struct program_world *w = payload;

	numasim_atomic_set(w->x[0], 1);
	numasim_fail("no good");
}

static void sets_up(void *payload)
{
	struct program_world *w = payload;

	numasim_atomic_set(w->x[0], 9);
}

static void test_setups(void **state)
{
	static const struct {
		void (*fn)(void *);
		int code;
		const char *text;
	} bad[] = {
		{waits_for_ever, -EDEADLK, "waits for something"},
		{goes_round, -E2BIG, "steps"},
		{fails, -EPROTO, "the set-up breaks assertion: no good"},
		{NULL, -EINVAL, "nothing to run"},
	};
	struct program_world *w = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(numasim_program_setup(w->program, bad[i].fn, w, NULL, &w->err),
				 bad[i].code);
		assert_non_null(strstr(w->err.text, bad[i].text));
		assert_int_equal(numasim_atomic_read(w->x[0]), 0); /* as it was */
	}
	assert_int_equal(numasim_program_setup(w->program, sets_up, w, NULL, &w->err), 0);
	assert_int_equal(numasim_atomic_read(w->x[0]), 9); /* a good one stays */
	world_add(w, "a", reads_x0);
	world_explore(w, NUMASIM_ENGINE_GRAPH);
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_HOLDS);
	assert_int_equal(numasim_atomic_read(w->x[0]), 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
		WORLD_TEST(test_seats),
		cmocka_unit_test(test_a_small_machine),
		WORLD_TEST(test_names),
		WORLD_TEST(test_bad_searches),
		WORLD_TEST(test_check),
		WORLD_TEST(test_bad_address_spaces),
		WORLD_TEST(test_mappings),
		WORLD_TEST(test_setups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
