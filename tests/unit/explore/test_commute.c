/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Steps that announce (and touch) nothing in common commute: whatever the order, the same state. So
 * what a step touches is what it says that it touches. With the oracles on, their books belong to
 * the state, and what they complain of must be the same as well.
 */
#include "walk_world.h"

struct footprint {
	struct access access[STEP_TOUCH_MAX + ANNOUNCE_MAX];
	unsigned nr;
};

static void step_with_footprint(struct exec *exec, struct choice choice, struct footprint *f)
{
	struct announcement a;

	exec_announce(exec, choice, &a);
	exec_clear(exec);
	exec_step(exec, choice);
	f->nr = 0;
	for (unsigned i = 0; i < a.nr; i++)
		f->access[f->nr++] = a.access[i];
	for (unsigned i = 0; i < exec->log.nr; i++)
		f->access[f->nr++] = exec->log.touched[i];
}

static bool conflict(const struct footprint *a, const struct footprint *b)
{
	for (unsigned i = 0; i < a->nr; i++)
		for (unsigned k = 0; k < b->nr; k++)
			if (a->access[i].object == b->access[k].object &&
			    (a->access[i].mode | b->access[k].mode) == ACCESS_WRITE)
				return true;
	return false;
}

static bool is_possible(struct exec *exec, struct choice wanted)
{
	struct choice choice[EXEC_MAX_CHOICES];
	unsigned nr = exec_choices(exec, choice);

	for (unsigned i = 0; i < nr; i++)
		if (choice[i].actor == wanted.actor && choice[i].alternative == wanted.alternative)
			return true;
	return false;
}

/* Where two steps lead: the state, and what broke on the way. */
struct outcome {
	struct digest digest;
	struct violation violation;
};

static void look(struct outcome *o, struct exec *exec)
{
	o->digest = exec_digest(exec);
	o->violation = exec->violation;
}

static bool same(const struct outcome *a, const struct outcome *b)
{
	const struct violation *v = &a->violation, *w = &b->violation;

	return digest_equal(a->digest, b->digest) && v->found == w->found &&
	       (!v->found || (v->oracle == w->oracle && !strcmp(v->text, w->text)));
}

/*
 *        a         b
 *   s ------> sa ------> sab
 *   s ------> sb ------> sba      the same, unless a and b conflict
 *        b         a
 */
static bool commute(struct trail *t, struct choice a, struct choice b, struct footprint f[2])
{
	struct exec *exec = &t->m->exec;
	unsigned depth = t->depth;
	struct outcome ab, ba;

	step_with_footprint(exec, a, &f[0]);
	trail_back(t, depth);
	step_with_footprint(exec, b, &f[1]);
	if (conflict(&f[0], &f[1])) {
		trail_back(t, depth);
		return true;
	}
	if (!is_possible(exec, a)) /* nothing that is independent disables it */
		return false;
	exec_step(exec, a);
	look(&ba, exec);
	trail_back(t, depth);
	exec_step(exec, a);
	if (!is_possible(exec, b))
		return false;
	exec_step(exec, b);
	look(&ab, exec);
	trail_back(t, depth);
	return same(&ab, &ba);
}

static const char *kind_of(struct exec *exec, struct choice choice)
{
	struct announcement a;

	exec_announce(exec, choice, &a);
	return point_kind_name(a.kind);
}

static void check_pairs(struct trail *t, const struct setting *s, unsigned *independent)
{
	struct choice choice[EXEC_MAX_CHOICES];
	unsigned nr = exec_choices(&t->m->exec, choice);
	struct footprint *f = malloc(2 * sizeof(*f));

	for (unsigned i = 0; i < nr; i++) {
		for (unsigned k = 0; k < i; k++) {
			if (choice[i].actor == choice[k].actor)
				continue;
			if (commute(t, choice[i], choice[k], f)) {
				*independent += !conflict(&f[0], &f[1]);
				continue;
			}
			trail_back(t, t->depth);
			fail_msg("%s: %s of actor %u and %s of actor %u do not commute", s->release,
				 kind_of(&t->m->exec, choice[i]), choice[i].actor,
				 kind_of(&t->m->exec, choice[k]), choice[k].actor);
		}
	}
	free(f);
}

static void walk_and_check(const struct setting *s, uint64_t seed, bool oracles,
			   unsigned *independent)
{
	struct trail *t = malloc(sizeof(*t));
	struct choice choice[EXEC_MAX_CHOICES];
	struct mm_world w;

	begin(&w, s);
	if (!oracles)
		w.m->observer = (struct observer){0};
	w.m->exec.oracles = ORACLE_ALL;
	assert_int_equal(trail_init(t, w.m, false), 0);
	for (int k = 0; k < walks(8); k++) {
		trail_rewind(t);
		for (unsigned nr = 1; nr && t->depth < MOST_LONG;) {
			assert_int_equal(trail_mark(t), 0);
			check_pairs(t, s, independent);
			nr = exec_choices(&w.m->exec, choice);
			if (nr)
				trail_step(t, choice[random_word(&seed) % nr]);
		}
	}
	end(&w, t);
}

static void test_independent_steps_commute(void **state)
{
	unsigned independent = 0;

	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++)
		walk_and_check(&settings[i], 31337 + i, false, &independent);
	assert_true(independent > 200);
}

static void test_and_so_do_the_oracles(void **state)
{
	unsigned independent = 0;

	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++)
		walk_and_check(&settings[i], 4711 + i, true, &independent);
	assert_true(independent > 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_independent_steps_commute),
		cmocka_unit_test(test_and_so_do_the_oracles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
