/* SPDX-License-Identifier: BSD-2-Clause */
/* A scenario and a program that say the same begin alike, and take the same steps. */
#include "mm/mm_world.h"

#include "numa/numa.h"
#include "scenario/build.h"
#include "scenario/parse.h"

static const char text[] =
	"NUMASIM alike\n\"A scanner meets a page that both nodes know\"\n{\n"
	"  machine = \"numa:2 core:8 pu:1\"; kernel = %s; thp = madvise;\n"
	"  P: mmap x 2M thp; P: x = 1 by user;\n}\n"
	" user @node0 | scanner @node1    ;\n"
	" r0 = P:x    | task_numa_work(P) ;\n"
	"forall (P:x = 1)\n";

static struct scenario_run *build_scenario(struct scenario_ast **ast, const char *release)
{
	struct scenario_run *run = NULL;
	struct numasim_error err = {0};
	char full[sizeof(text) + 32];

	snprintf(full, sizeof(full), text, release);
	if (scenario_parse(ast, full, strlen(full), "alike", &err) ||
	    scenario_build(&run, *ast, NULL, &err))
		fail_msg("%s", err.text);
	return run;
}

static void reads(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t value;

	numasim_user_load(&value, w->x);
}

static void scans(void *payload)
{
	task_numa_work();
}

static void build_program(struct mm_world *w, const char *release)
{
	struct numasim_program_options options = {.release = release};

	mm_world_open(w, &options, true);
	mm_world_add(w, "user", reads, 0);
	mm_world_add(w, "scanner", scans, 1);
}

static const char *const releases[] = {"v3.8", "v3.12", "v3.13-rc4", "v3.13"};
#define NR_RELEASES (sizeof(releases) / sizeof(*releases))

static void test_same_address_space(void **state)
{
	for (size_t i = 0; i < NR_RELEASES; i++) {
		struct scenario_ast *ast;
		struct scenario_run *run = build_scenario(&ast, releases[i]);
		const struct mm_struct *a = TAILQ_FIRST(&run->m->mm->mms), *b;
		struct mm_world w;

		build_program(&w, releases[i]);
		b = w.mm;
		assert_int_equal(*run->m->clock, *w.m->clock);
		assert_int_equal(a->numa_next_scan, b->numa_next_scan);
		assert_true(a->numa_next_scan > 0);
		assert_true(a->numa_next_scan <= *run->m->clock);
		assert_int_equal(a->numa_scan_offset, b->numa_scan_offset);
		assert_int_equal(a->numa_scan_seq, b->numa_scan_seq);
		assert_int_equal(a->first_nid, b->first_nid);
		assert_int_equal(a->first_nid, NUMA_SCAN_ACTIVE);
		assert_int_equal(run->m->mm->thp, w.m->mm->thp);
		mm_world_close(&w);
		scenario_run_free(run);
		scenario_ast_free(ast);
	}
}

/* So the graphs are alike, state by state. */
static void test_same_graph(void **state)
{
	for (size_t i = 0; i < NR_RELEASES; i++) {
		struct search_options options = {.oracles = ORACLE_ALL, .bound = NO_BOUND};
		struct search_result found;
		struct scenario_ast *ast;
		struct scenario_run *run = build_scenario(&ast, releases[i]);
		struct mm_world w;

		assert_int_equal(search_graph(&found, run->m, &run->scene, &options), 0);
		build_program(&w, releases[i]);
		mm_world_search(&w, NUMASIM_ENGINE_GRAPH, NULL);
		assert_int_equal(w.info.verdict, NUMASIM_VERDICT_HOLDS);
		assert_int_equal(found.verdict, VERDICT_HOLDS);
		assert_int_equal(found.states, w.info.states);
		assert_int_equal(found.transitions, w.info.transitions);
		search_result_clear(&found);
		mm_world_close(&w);
		scenario_run_free(run);
		scenario_ast_free(ast);
	}
}

/* Threads on one node only: to v3.12 nobody scans. */
static void test_one_node(void **state)
{
	struct numasim_program_options options = {.release = "v3.8"};
	struct mm_world w;

	mm_world_open(&w, &options, true);
	mm_world_add(&w, "user", reads, 0);
	mm_world_add(&w, "scanner", scans, 0);
	assert_int_equal(w.mm->first_nid, NUMA_SCAN_INIT);
	mm_world_add(&w, "other", reads, 1);
	assert_int_equal(w.mm->first_nid, NUMA_SCAN_ACTIVE);
	mm_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_address_space),
		cmocka_unit_test(test_same_graph),
		cmocka_unit_test(test_one_node),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
