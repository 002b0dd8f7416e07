/* SPDX-License-Identifier: BSD-2-Clause */
/* Which steps matter: small runs by hand, and every witness of the examples run in other orders. */
#include "witness_world.h"

#include "explore/relevant.h"
#include "mm/mm.h"
#include "explore/scenario_paths.h"
#include "scenario/api.h"
#include "scenario/parse.h"

#include <glob.h>

#define X OBJECT(OBJ_PAGE, 1, 1)
#define Y OBJECT(OBJ_PAGE, 2, 1)
#define Z OBJECT(OBJ_PAGE, 3, 1)

/* ---- by hand ---- */

static char quiet[] = "", loud[] = "says something";

static void step(struct record *r, unsigned actor, enum point_kind kind, uint64_t object,
		 char *note)
{
	struct record_step *s = &r->step[r->nr_steps++];

	*s = (struct record_step){
		.choice = {actor, 0}, .kind = kind, .named = object, .note = note};
	s->access = malloc(sizeof(*s->access));
	assert_non_null(s->access);
	s->nr_accesses = 1;
	*s->access = (struct access){object, kind == POINT_READ ? ACCESS_READ : ACCESS_WRITE};
}

static void expect_marks(struct record *r, const char *relevant, const char *shown)
{
	assert_int_equal(relevant_mark(r), 0);
	assert_int_equal(strlen(relevant), r->nr_steps);
	for (unsigned i = 0; i < r->nr_steps; i++) {
		if (r->step[i].relevant != (relevant[i] == 'x') ||
		    r->step[i].shown != (shown[i] == 'x'))
			fail_msg("step %u: relevant %d, shown %d", i + 1, r->step[i].relevant,
				 r->step[i].shown);
		free(r->step[i].access);
	}
}

/*
 *   a          b          c
 *   write x                          relevant, as c reads x
 *              write y               not
 *                         read x     relevant, as c writes z later
 *                         write z    relevant
 *   read x                           not
 *   look: z
 */
static void test_look_at_the_end(void **state)
{
	struct record_step steps[8];
	struct access look = {Z, ACCESS_READ};
	struct record r = {.step = steps, .at_end = true, .look = &look, .nr_looks = 1,
			   .violation = {.found = true, .oracle = ORACLE_LOST_WRITE}};

	step(&r, 0, POINT_WRITE, X, loud);
	step(&r, 1, POINT_WRITE, Y, loud);
	step(&r, 2, POINT_READ, X, quiet);
	step(&r, 2, POINT_WRITE, Z, loud);
	step(&r, 0, POINT_READ, X, loud);
	expect_marks(&r, "x xx ", "x  x ");
}

/* Reads of the same thing do not depend on each other; a write depends on reads before it. */
static void test_reads_commute(void **state)
{
	struct record_step steps[8];
	struct record r = {.step = steps, .violation = {.found = true, .oracle = ORACLE_OOPS}};

	step(&r, 0, POINT_READ, X, loud);
	step(&r, 1, POINT_READ, Y, loud);
	step(&r, 2, POINT_READ, X, quiet); /* breaks */
	expect_marks(&r, "  x", "  x");

	r.nr_steps = 0;
	step(&r, 0, POINT_READ, X, loud);
	step(&r, 1, POINT_READ, Y, loud);
	step(&r, 2, POINT_WRITE, X, quiet);
	expect_marks(&r, "x x", "x x");
}

/* The steps of an actor before a relevant one are relevant, and what those depend on. */
static void test_program_order(void **state)
{
	struct record_step steps[8];
	struct record r = {.step = steps, .violation = {.found = true, .oracle = ORACLE_OOPS}};

	step(&r, 1, POINT_WRITE, Y, loud);
	step(&r, 0, POINT_READ, Y, quiet);
	step(&r, 1, POINT_WRITE, Z, loud);
	step(&r, 0, POINT_READ, X, loud); /* breaks */
	expect_marks(&r, "xx x", "x  x");
}

/* Nothing is known about what was looked at: everything counts. */
static void test_unknown_look(void **state)
{
	struct record_step steps[8];
	struct record r = {.step = steps, .at_end = true,
			   .violation = {.found = true, .oracle = ORACLE_CONDITION}};

	step(&r, 0, POINT_WRITE, X, loud);
	step(&r, 1, POINT_WRITE, Y, quiet);
	expect_marks(&r, "xx", "x ");
}

static void test_what_is_shown(void **state)
{
	struct record_step steps[8];
	struct access look = {OBJECT(OBJ_LOCK, 7, LOCK_PAGE_TABLE), ACCESS_READ};
	struct record r = {.step = steps, .at_end = true, .look = &look, .nr_looks = 1,
			   .violation = {.found = true, .oracle = ORACLE_DEADLOCK}};

	step(&r, 0, POINT_LOCK, OBJECT(OBJ_LOCK, 7, LOCK_PAGE_TABLE), quiet); /* is missing */
	step(&r, 0, POINT_LOCK, OBJECT(OBJ_LOCK, 8, LOCK_PAGE_TABLE), quiet); /* is not */
	step(&r, 1, POINT_LOCK, OBJECT(OBJ_LOCK, 9, LOCK_USER), quiet);	      /* a user's */
	step(&r, 1, POINT_READ, OBJECT(OBJ_VAR, 9, 0), quiet);		      /* a user's */
	step(&r, 1, POINT_READ, X, quiet);
	r.step[4].preempts = true;
	step(&r, 1, POINT_READ, Y, quiet);
	expect_marks(&r, "xxxxxx", "x xxx ");
}

/* ---- the examples ---- */

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
static void check_line(const struct numasim_scenario *scenario, const struct scenario_expect *e,
		       const struct scenario_verdict *v)
{
	const char *with[SCENARIO_MAX_CHANGES], *without[SCENARIO_MAX_CHANGES];
	struct numasim_scenario_params params = {.release = e->release.name.text, .with = with,
						 .without = without};
	struct search_options options = {.bound = 2}; /* finds them soonest */
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
	assert_non_null(found.path);
	if (record_path(&record, run->m, &run->scene, options.oracles, found.path, found.nr_path,
			&err))
		fail_msg("%s", err.text);
	assert_true(record->violation.found);
	assert_int_equal(record->preemptions, found.preemptions);
	rerun_witness(run, record);
	record_free(record);
	search_result_clear(&found);
	scenario_close(run, topology);
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
			check_line(scenario, e, &e->verdicts[k]);
			nr++;
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
	assert_true(nr >= 3);
	globfree(&files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_look_at_the_end),
		cmocka_unit_test(test_reads_commute),
		cmocka_unit_test(test_program_order),
		cmocka_unit_test(test_unknown_look),
		cmocka_unit_test(test_what_is_shown),
		cmocka_unit_test(test_examples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
