/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every witness of the examples: its relevant steps alone, in their order, and then the others in
 * any, still end in the same failure.
 */
#include "witness_world.h"

#include "explore/relevant.h"
#include "explore/scenario_paths.h"
#include "scenario/api.h"

#include <glob.h>

#define SECONDS 20 /* to find a witness; sanitizers go back by running again, and are slow */

struct rerun {
	struct trail trail;
	struct scenario_run *run;
	const struct record *record;
	uint64_t seed;
};

static unsigned draw(struct rerun *r, unsigned below)
{
	r->seed = r->seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (r->seed >> 33) % below;
}

static bool possible(struct exec *exec, struct choice choice)
{
	struct choice enabled[EXEC_MAX_CHOICES];
	unsigned nr = exec_choices(exec, enabled);

	for (unsigned i = 0; i < nr; i++)
		if (!memcmp(&enabled[i], &choice, sizeof(choice)))
			return true;
	return false;
}

/* The relevant steps alone, in their order: each must be possible. */
static void run_relevant(struct rerun *r)
{
	struct exec *exec = &r->run->m->exec;

	trail_rewind(&r->trail);
	for (unsigned i = 0; i < r->record->nr_steps && !exec->violation.found; i++) {
		if (!r->record->step[i].relevant)
			continue;
		assert_true(possible(exec, r->record->step[i].choice));
		trail_step(&r->trail, r->record->step[i].choice);
	}
}

/* Then whatever is possible, until nothing is. */
static void run_others(struct rerun *r)
{
	struct choice enabled[EXEC_MAX_CHOICES];
	struct exec *exec = &r->run->m->exec;
	unsigned nr;

	while (!exec->violation.found) {
		nr = exec_choices(exec, enabled);
		if (!can_move(exec, enabled, nr))
			break;
		assert_in_range(r->trail.depth, 0, PATH_MAX_STEPS - 2);
		trail_step(&r->trail, enabled[draw(r, nr)]);
	}
	if (exec->violation.found)
		return;
	exec_clear(exec);
	if (exec_finished(exec))
		r->run->scene.judge(r->run->scene.self);
	else
		report_deadlock(r->run->m);
}

static void rerun_witness(struct scenario_run *run, const struct record *record)
{
	struct rerun *r = calloc(1, sizeof(*r));
	struct exec *exec = &run->m->exec;

	assert_non_null(r);
	r->run = run;
	r->record = record;
	assert_int_equal(trail_init(&r->trail, run->m, false), 0);
	for (r->seed = 1; r->seed < 20000; r->seed += 2500) {
		uint64_t seed = r->seed;

		run_relevant(r);
		run_others(r);
		if (!exec->violation.found || exec->violation.oracle != record->violation.oracle)
			fail_msg("seed %llu: %s instead of %s", (unsigned long long)seed,
				 exec->violation.found ? exec->violation.text : "nothing breaks",
				 record->violation.text);
		r->seed = seed;
	}
	state_restore(&r->trail.root);
	trail_destroy(&r->trail);
	free(r);
}

/* The witness of one `expect` line that says that something breaks. */
static bool check_line(const struct numasim_scenario *scenario, const struct scenario_expect *e,
		       const struct scenario_verdict *v)
{
	const char *with[SCENARIO_MAX_CHANGES], *without[SCENARIO_MAX_CHANGES];
	struct numasim_scenario_params params = {.release = e->release.name.text, .with = with,
						 .without = without};
	struct search_options options = {.bound = 3, /* finds them soonest */
					 .max_ns = SECONDS * UINT64_C(1000000000)};
	struct numasim_topology *topology;
	struct search_result found;
	struct numasim_error err;
	struct scenario_run *run;
	struct record *record;

	for (unsigned i = 0; i < e->release.nr_changes; i++) {
		if (e->release.changes[i].with)
			with[params.nr_with++] = e->release.changes[i].row.text;
		else
			without[params.nr_without++] = e->release.changes[i].row.text;
	}
	if (scenario_open(&run, &topology, scenario, &params, &err))
		fail_msg("%s", err.text);
	options.oracles = UINT32_C(1) << oracle_by_name(v->oracle.text);
	assert_int_equal(search_graph(&found, run->m, &run->scene, &options), 0);
	if (!found.path) { /* slow as a build may be, it must not be that there is none */
		assert_non_null(found.stopped);
		print_message("%s, %s: no witness within %d s\n", scenario->ast->filename,
			      e->release.name.text, SECONDS);
		scenario_close(run, topology);
		return false;
	}
	if (record_path(&record, run->m, &run->scene, options.oracles, found.path, found.nr_path,
			&err))
		fail_msg("%s", err.text);
	assert_true(record->violation.found);
	assert_int_equal(record->preemptions, found.preemptions);
	rerun_witness(run, record);
	record_free(record);
	search_result_clear(&found);
	scenario_close(run, topology);
	return true;
}

static unsigned check_scenario(const char *path)
{
	struct numasim_scenario *scenario;
	struct numasim_error err;
	unsigned nr = 0;

	if (numasim_scenario_load(&scenario, path, &err))
		fail_msg("%s", err.text);
	for (unsigned i = 0; i < scenario->ast->nr_expects; i++) {
		const struct scenario_expect *e = &scenario->ast->expects[i];

		for (unsigned k = 0; k < e->nr_verdicts; k++) {
			if (e->verdicts[k].kind != SCENARIO_BREAKS)
				continue;
			nr += check_line(scenario, e, &e->verdicts[k]);
		}
	}
	numasim_scenario_free(scenario);
	return nr;
}

static void test_examples(void **state)
{
	unsigned nr = 0;
	glob_t files;

	assert_int_equal(glob(EXAMPLES "/*.nsim", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++)
		nr += check_scenario(files.gl_pathv[i]);
	assert_true(nr >= (coroutine_can_copy() ? 8 : 4));
	globfree(&files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
