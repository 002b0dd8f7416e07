/* SPDX-License-Identifier: BSD-2-Clause */
/* <numasim/program.h>: programs, seats, searches; and every kind of bad input. */
#include "program_world.h"

#include "machine/topology.h"

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
	o.release = "v6.16";
	assert_int_equal(create(&o, &err), -ENOTSUP);
	assert_non_null(strstr(err.text, "v6.16"));
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
	struct vm_area_struct *vma;
	struct mm_struct *mm = NULL;

	numasim_atomic_read(w->x[0]);
	numasim_assert(numasim_program_explore(&result, w->program, NULL, NULL) == -EBUSY);
	numasim_assert(numasim_program_setup(w->program, nothing, NULL, NULL, NULL) == -EBUSY);
	numasim_assert(numasim_program_add(w->program, "b", nothing, NULL, NULL, NULL) == -EBUSY);
	numasim_assert(numasim_program_mm(&mm, w->program, "P", NULL) == -EBUSY);
	numasim_assert(numasim_program_map(&vma, w->program, mm, 1, 1, NULL) == -EBUSY);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
		WORLD_TEST(test_seats),
		cmocka_unit_test(test_a_small_machine),
		WORLD_TEST(test_names),
		WORLD_TEST(test_bad_searches),
		WORLD_TEST(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
