/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Going forth and back in a run of real memory-manager code, on random walks: a scanner arms a huge
 * page that a writer on its node and a reader on the other use.
 *
 * - Restoring by copying and by running the prefix again lead to the same digests at every depth.
 * - Equal digests mean the same future: the same things can happen next, announced in the same way.
 * - Steps that announce (and touch) nothing in common commute: whatever the order, the same state.
 *   So what a step touches is what it says that it touches.
 */
#include "mm/mm_world.h"

#define WALKS	  400
#define MOST_LONG 399 /* steps of a walk that are looked at */

static uint64_t random_word(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void writer(void *payload)
{
	const struct mm_world *w = payload;

	for (uint64_t i = 2; i < 8; i++)
		numasim_user_store(w->x, i);
}

static void reader(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t value;

	for (int i = 0; i < 10; i++)
		numasim_user_load(&value, w->x);
}

static void scanner(void *payload)
{
	const struct mm_world *w = payload;

	numasim_change_prot_numa(w->vma, w->x, numasim_vma_end(w->vma));
}

/* Under AddressSanitizer and valgrind a few will do: what they look for shows soon. */
static int walks(int part)
{
	return (coroutine_can_copy() ? WALKS : 24) / part;
}

struct setting {
	const char *release;
	bool huge, unlock_is_step, walk_is_step;
	unsigned walker_budget;
};

static const struct setting settings[] = {
	{"v3.13-rc4", true, false, false, 0}, {"v3.13-rc4", true, true, true, 1},
	{"v3.13", true, false, false, 1},     {"v3.8", true, false, true, 0},
	{"v3.13", false, false, false, 0},    {"v3.11", false, true, false, 1},
};

static void begin(struct mm_world *w, const struct setting *s)
{
	static const struct {
		const char *name;
		void (*fn)(void *);
		unsigned node;
	} who[] = {{"writer", writer, 0}, {"reader", reader, 1}, {"scanner", scanner, 1}};
	struct numasim_program_options options = {.release = s->release,
						  .unlock_is_step = s->unlock_is_step,
						  .walk_is_step = s->walk_is_step,
						  .walker_budget = s->walker_budget};

	mm_world_open(w, &options, s->huge);
	for (int i = 0; i < 3; i++) {
		const struct program_context *made = &w->program->context[i];
		struct context *c;

		mm_world_add(w, who[i].name, who[i].fn, who[i].node);
		assert_int_equal(exec_add_context(&w->m->exec, &c, made->name, made->fn,
						  made->payload), 0);
		c->cpu = made->cpu;
	}
	assert_int_equal(cpu_add_actors(w->m), 0);
}

static void end(struct mm_world *w, struct trail *t)
{
	state_restore(&t->root);
	trail_destroy(t);
	free(t);
	exec_drop_contexts(&w->m->exec);
	mm_world_close(w);
}

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

/* ---- equal digests, equal futures ---- */

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

/* ---- independent steps commute ---- */

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
			    (a->access[i].mode == ACCESS_WRITE || b->access[k].mode == ACCESS_WRITE))
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
		cmocka_unit_test(test_equal_digests_equal_futures),
		cmocka_unit_test(test_independent_steps_commute),
		HUGE_TEST(test_what_a_preemption_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
