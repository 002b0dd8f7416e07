/* SPDX-License-Identifier: BSD-2-Clause */
/* Going forth and back in a run: restoring by copying and by running the prefix again lead to the
 * same digests at every depth. And what counts as a preemption. */
#include "walk_world.h"

/* ---- two ways back ---- */

static unsigned walk(struct trail *t, struct digest *digest, unsigned most, uint64_t *seed)
{
	struct exec *exec = &t->m->exec;
	struct choice choice[EXEC_MAX_CHOICES];
	unsigned nr;

	trail_rewind(t);
	for (;;) {
		digest[t->depth] = exec_digest(exec);
		assert_int_equal(trail_mark(t), 0);
		nr = exec_choices(exec, choice);
		if (!nr || t->depth == most)
			return t->depth;
		trail_step(t, choice[random_word(seed) % nr]);
	}
}

static void compare_ways_back(const struct setting *s)
{
	struct trail *copying = malloc(sizeof(*copying)), *running = malloc(sizeof(*running));
	struct digest digest[MOST_LONG + 1];
	uint64_t seed = 99;
	struct mm_world w;

	begin(&w, s);
	assert_int_equal(trail_init(copying, w.m, false), 0);
	assert_int_equal(trail_init(running, w.m, true), 0);
	for (int n = 0; n < walks(8); n++) {
		unsigned depth = walk(copying, digest, MOST_LONG, &seed);

		assert_true(depth > 20);
		memcpy(running->path, copying->path, depth * sizeof(*copying->path));
		for (int k = 0; k < 12; k++) {
			unsigned at = random_word(&seed) % depth;

			trail_back(copying, at);
			assert_int_equal(copying->depth, at);
			assert_true(digest_equal(digest[at], exec_digest(&w.m->exec)));
			trail_step(copying, copying->path[at]);
			assert_true(digest_equal(digest[at + 1], exec_digest(&w.m->exec)));
			trail_back(running, at);
			assert_int_equal(running->depth, at);
			assert_true(digest_equal(digest[at], exec_digest(&w.m->exec)));
			trail_step(running, running->path[at]);
			assert_true(digest_equal(digest[at + 1], exec_digest(&w.m->exec)));
		}
	}
	state_restore(&running->root);
	trail_destroy(running);
	free(running);
	end(&w, copying);
}

static void test_two_ways_back(void **state)
{
	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++)
		compare_ways_back(&settings[i]);
}

/* ---- preemptions ---- */

static void waits(void *payload)
{
	const struct mm_world *w = payload;

	numasim_rwsem_write(numasim_mmap_sem(w->mm));
	numasim_page_count(numasim_pmd_page(numasim_entry_read(numasim_mm_find_pmd(w->mm, w->x))));
	numasim_rwsem_release_write(numasim_mmap_sem(w->mm));
}

static bool preempts(struct mm_world *w, int last, unsigned next)
{
	struct choice choice[EXEC_MAX_CHOICES];
	unsigned nr = exec_choices(&w->m->exec, choice);

	return is_preemption(&w->m->exec, last, choice, nr, (struct choice){next, 0});
}

static void enter(struct mm_world *w, void (*fn)(void *))
{
	struct context *c;

	assert_int_equal(exec_add_context(&w->m->exec, &c, "c", fn, w), 0);
}

/*
 * Switching away from somebody who could go on costs; from somebody who waits, who is between two
 * user instructions, or who has come to the end, it does not. Nor does the first step of all.
 */
static void test_what_a_preemption_is(void **state)
{
	struct mm_world *w = *state;
	struct exec *exec = &w->m->exec;

	enter(w, waits);
	enter(w, waits);
	enter(w, writer);
	exec_clear(exec);
	exec_start(exec);
	assert_false(preempts(w, -1, 0));
	exec_step(exec, (struct choice){0, 0}); /* 0 has the semaphore */
	assert_true(preempts(w, 0, 1));
	assert_true(preempts(w, 0, 2));
	assert_false(preempts(w, 0, 0));
	assert_false(preempts(w, 1, 0)); /* 1 waits for it */
	assert_false(preempts(w, 2, 0)); /* 2 is in user mode */
	while (exec->context[0]->status == CONTEXT_LIVE)
		exec_step(exec, (struct choice){0, 0});
	assert_false(preempts(w, 0, 1)); /* 0 is done */
	assert_false(preempts(w, 1, 2)); /* 1 has not begun: that is a rest, too */
	exec_step(exec, (struct choice){1, 0});
	assert_true(preempts(w, 1, 2));
	exec_drop_contexts(exec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_ways_back),
		HUGE_TEST(test_what_a_preemption_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
