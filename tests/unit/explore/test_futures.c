/* SPDX-License-Identifier: BSD-2-Clause */
/* Equal digests mean equal futures: the same can happen next, and is announced the same way. */
#include "walk_world.h"

/* What anybody could do next, or is waiting to do, in the engine's own words. */
static uint64_t outlook(struct exec *exec)
{
	struct choice choice[EXEC_MAX_CHOICES];
	unsigned nr = exec_choices(exec, choice);
	uint64_t hash = nr;

	for (unsigned i = 0; i < exec->nr_contexts; i++) { /* those that wait, too */
		hash = digest_mix(hash, exec->context[i]->status);
		if (exec->context[i]->status == CONTEXT_LIVE)
			choice[nr++] = (struct choice){i, 0};
	}
	for (unsigned i = 0; i < nr; i++) {
		struct announcement a;

		exec_announce(exec, choice[i], &a);
		hash = digest_mix(hash, choice[i].actor << 16 | choice[i].alternative);
		hash = digest_mix(digest_mix(hash, a.kind), a.object);
		hash = digest_mix(hash, a.enabled);
		for (unsigned k = 0; k < a.nr; k++)
			hash = digest_mix(digest_mix(hash, a.access[k].object), a.access[k].mode);
	}
	return hash;
}

struct sight {
	struct digest digest;
	uint64_t outlook;
};

static int by_digest(const void *a, const void *b)
{
	const struct digest *x = a, *y = b;

	if (x->low != y->low)
		return x->low < y->low ? -1 : 1;
	return (x->high > y->high) - (x->high < y->high);
}

static void compare_futures(const struct setting *s, unsigned *met_again)
{
	struct trail *t = malloc(sizeof(*t));
	struct sight *sight = malloc(WALKS * (MOST_LONG + 1) * sizeof(*sight));
	struct choice choice[EXEC_MAX_CHOICES];
	uint64_t seed = 4711;
	struct mm_world w;
	size_t n = 0;

	begin(&w, s);
	assert_int_equal(trail_init(t, w.m, true), 0);
	for (int k = 0; k < walks(1); k++) {
		trail_rewind(t);
		for (unsigned nr = 1; nr && t->depth < MOST_LONG;) {
			sight[n].digest = exec_digest(&w.m->exec);
			sight[n++].outlook = outlook(&w.m->exec);
			nr = exec_choices(&w.m->exec, choice);
			if (nr)
				trail_step(t, choice[random_word(&seed) % nr]);
		}
	}
	qsort(sight, n, sizeof(*sight), by_digest);
	for (size_t i = 1; i < n; i++) {
		if (!digest_equal(sight[i - 1].digest, sight[i].digest))
			continue;
		++*met_again;
		assert_true(sight[i - 1].outlook == sight[i].outlook);
	}
	free(sight);
	end(&w, t);
}

static void test_equal_digests_equal_futures(void **state)
{
	unsigned met_again = 0;

	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++)
		compare_futures(&settings[i], &met_again);
	assert_true(met_again > 500); /* states are met by different ways */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal_digests_equal_futures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
