/* SPDX-License-Identifier: BSD-2-Clause */
/* Steps that announce (and touch) nothing in common commute: whatever the order, the same state. So
 * what a step touches is what it says that it touches. */
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
	struct digest ab, ba;

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
	ba = exec_digest(exec);
	trail_back(t, depth);
	exec_step(exec, a);
	if (!is_possible(exec, b))
		return false;
	exec_step(exec, b);
	ab = exec_digest(exec);
	trail_back(t, depth);
	return digest_equal(ab, ba);
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

/* Without the oracles: their own books follow the order of stores and flushes, whatever those
 * touched. */
static void test_independent_steps_commute(void **state)
{
	unsigned independent = 0;

	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
		struct trail *t = malloc(sizeof(*t));
		struct choice choice[EXEC_MAX_CHOICES];
		uint64_t seed = 31337 + i;
		struct mm_world w;

		begin(&w, &settings[i]);
		w.m->observer = (struct observer){0};
		assert_int_equal(trail_init(t, w.m, false), 0);
		for (int k = 0; k < walks(8); k++) {
			trail_rewind(t);
			for (unsigned nr = 1; nr && t->depth < MOST_LONG;) {
				assert_int_equal(trail_mark(t), 0);
				check_pairs(t, &settings[i], &independent);
				nr = exec_choices(&w.m->exec, choice);
				if (nr)
					trail_step(t, choice[random_word(&seed) % nr]);
			}
		}
		end(&w, t);
	}
	assert_true(independent > 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_independent_steps_commute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
