/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sweep: all pairs of sweep_world.h on many releases, with all oracles on. Nothing may break
 * but what broke in that release of Linux.
 *
 *	test_sweep				a part of it, for the suite
 *	test_sweep full [WORD]...		all of it, or what has all these words in its line
 */
#include "sweep_world.h"

#include <time.h>

static const char *const releases[] = {
	"v3.8",	 "v3.13", "v3.16", "v4.0", "v4.4", "v4.8", "v4.14", "v4.19",
	"v5.4",	 "v5.10", "v5.15", "v5.19", "v6.1", "debian-6.1.192", "v6.4", "v6.8",
	"v6.12", "debian-6.12.117",
};
#define RELEASES (sizeof(releases) / sizeof(*releases))

#define MOST_MS 60000

struct sweep_case {
	const char *release;
	bool huge;
	enum sweep_state state;
	const struct sweep_actor *a, *b;
};

static void describe(char text[128], const struct sweep_case *c)
{
	snprintf(text, 128, "%s %s %s %s %s", c->release, c->huge ? "huge" : "base",
		 sweep_state_name[c->state], c->a->name, c->b->name);
}

/* ---- what broke in Linux ---- */

struct sweep_known {
	const char *a, *b, *oracle, *bug;
	enum kernel_row since, to; /* the bug is there with the one, without the other */
	bool only_huge;
};

static const struct sweep_known known[] = {
	/* an address space without mappings */
	{"unmap", "scan", "oops", "G3", ROW_SCAN_VMA_ITERATOR, ROW_G3_SCAN_EMPTY_MM, false},
	/* the entry is empty for a moment, and MADV_DONTNEED passes it by */
	{"dontneed", "scan", "lost-write", "A22", ROW_PROTNONE_HINTS, ROW_A22_KEEP_PMD, true},
	{"dontneed", "free", "lost-write", "A22", ROW_MADV_FREE, ROW_MADV_FREE_KEEPS_PMD, true},
	{"dontneed", "clear-refs", "lost-write", "A22", ROW_NO_SPLITTING,
	 ROW_A22_SOFT_DIRTY_KEEPS_PMD, true},
	/* the scanner looks twice, and takes what it sees the second time for a bad table */
	{"free", "scan", "refcount", "A32", ROW_MADV_FREE, ROW_MADV_FREE_KEEPS_PMD, true},
	{"scan", "clear-refs", "lost-write", "A32", ROW_NO_SPLITTING,
	 ROW_A22_SOFT_DIRTY_KEEPS_PMD, true},
};

static bool has_bug(const struct sweep_known *k, const struct kernel *kernel)
{
	return kernel_has(kernel, k->since) && !kernel_has(kernel, k->to);
}

/* The bug that broke @c, or NULL: none that Linux had. */
static const char *bug_behind(const struct sweep_case *c, const struct sweep_world *s)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(c->a->name, known[i].a) && !strcmp(c->b->name, known[i].b) &&
		    !strcmp(s->w.info.oracle, known[i].oracle) && c->huge >= known[i].only_huge &&
		    has_bug(&known[i], s->w.m->kernel))
			return known[i].bug;
	return NULL;
}

static bool is(const struct sweep_actor *actor, const char *name)
{
	return !strcmp(actor->name, name);
}

/*
 * A huge page that falls apart is walked over part by part, which makes more states than there is
 * time for: to v4.4 clear_refs splits, from v5.8 on a write to a shared page does. Two mlock()
 * empty the batches of all processors, step by step.
 */
static bool too_large(const struct sweep_case *c, const struct kernel *k)
{
	if (is(c->a, "lock") && is(c->b, "lock"))
		return true;
	if (!c->huge)
		return false;
	if (!kernel_has(k, ROW_NO_SPLITTING))
		return is(c->a, "clear-refs") || is(c->b, "clear-refs") ||
		       (c->state == SWEEP_SHARED && is(c->a, "split") && c->b->child);
	return c->state == SWEEP_SHARED && kernel_has(k, ROW_THP_COW_SPLITS) &&
	       (strstr(c->a->name, "store") || strstr(c->b->name, "store"));
}

static bool makes_sense(const struct sweep_case *c)
{
	unsigned state = 1u << c->state;

	if (!(c->a->states & state) || !(c->b->states & state))
		return false;
	return !c->huge || (c->state != SWEEP_SWAPPED && c->state != SWEEP_FILE &&
			    c->state != SWEEP_COPY);
}

enum outcome { GOOD, KNOWN, LEFT_OUT, BAD };

static enum outcome judge(const struct sweep_case *c, const struct sweep_world *s,
			  const char **bug)
{
	*bug = NULL;
	if (s->w.info.verdict == NUMASIM_VERDICT_HOLDS)
		return GOOD;
	if (s->w.info.verdict == NUMASIM_VERDICT_BROKEN)
		*bug = bug_behind(c, s);
	return *bug ? KNOWN : BAD;
}

static void report(const struct sweep_case *c, const struct sweep_world *s, const char *bug,
		   double seconds)
{
	const struct numasim_result_info *info = &s->w.info;
	char text[128];

	describe(text, c);
	if (bug)
		printf("%s: %s, %s", text, bug, info->oracle);
	else if (info->verdict == NUMASIM_VERDICT_BROKEN)
		printf("%s: BROKEN %s: %s", text, info->oracle, info->sentence);
	else
		printf("%s: %s", text, info->undecided ?: "ok");
	printf(" (%llu states, %.1f s)\n", (unsigned long long)info->states, seconds);
	fflush(stdout);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static enum outcome run_case(const struct sweep_case *c, bool verbose)
{
	enum outcome outcome = LEFT_OUT;
	struct sweep_world s;
	double from = now();
	const char *bug;

	sweep_open(&s, c->release, c->huge, c->state);
	if (!too_large(c, s.w.m->kernel)) {
		sweep_pair(&s, c->a, c->b, MOST_MS);
		outcome = judge(c, &s, &bug);
		if (verbose || outcome == BAD)
			report(c, &s, bug, now() - from);
	}
	sweep_close(&s);
	return outcome;
}

static bool wanted(const struct sweep_case *c, char *const *word)
{
	char text[128], padded[132], key[64];

	describe(text, c);
	snprintf(padded, sizeof(padded), " %s ", text);
	for (; *word; word++) {
		snprintf(key, sizeof(key), " %s ", *word);
		if (!strstr(padded, key))
			return false;
	}
	return true;
}

/* How many cases came out how. */
struct tally {
	unsigned nr[BAD + 1];
};

static void sweep_release(struct tally *tally, const char *release, char *const *word,
			  bool verbose)
{
	for (unsigned k = 0; k < 2 * SWEEP_STATES * SWEEP_ACTORS * SWEEP_ACTORS; k++) {
		unsigned pair = k / (2 * SWEEP_STATES);
		struct sweep_case c = {
			.release = release, .huge = k % 2, .state = k / 2 % SWEEP_STATES,
			.a = &sweep_actor[pair / SWEEP_ACTORS],
			.b = &sweep_actor[pair % SWEEP_ACTORS]};

		if (c.a <= c.b && makes_sense(&c) && wanted(&c, word))
			tally->nr[run_case(&c, verbose)]++;
	}
}

static int sweep_all(char *const *word)
{
	struct tally tally = {0};

	for (unsigned r = 0; r < RELEASES; r++)
		sweep_release(&tally, releases[r], word, true);
	printf("%u good, %u that Linux had, %u too large, %u wrong\n", tally.nr[GOOD],
	       tally.nr[KNOWN], tally.nr[LEFT_OUT], tally.nr[BAD]);
	return tally.nr[BAD] || !tally.nr[GOOD];
}

/* ---- for the suite ---- */

static void base_pages(void **state)
{
	static const char *const some[] = {"v3.8", "v4.8", "debian-6.1.192", "v6.8"};
	static char *const touched[] = {"base", "touched", NULL};
	static char *const empty[] = {"base", "empty", NULL};
	struct tally tally = {0};

	for (size_t r = 0; r < sizeof(some) / sizeof(*some); r++)
		sweep_release(&tally, some[r], touched, false);
	sweep_release(&tally, "v3.13", empty, false);
	sweep_release(&tally, "debian-6.12.117", empty, false);
	assert_int_equal(tally.nr[BAD], 0);
	assert_true(tally.nr[GOOD] > 300);
	assert_int_equal(tally.nr[KNOWN], 1); /* v6.8 */
}

static void what_is_behind(void **state)
{
	static char *const what[][3] = {{"base", "swapped", "load"}, {"base", "file", "truncate"},
					{"base", "shared", "unmap"}, {"base", "armed", "split"}};
	struct tally tally = {0};

	for (size_t i = 0; i < sizeof(what) / sizeof(*what); i++) {
		char *const word[] = {what[i][0], what[i][1], what[i][2], NULL};

		sweep_release(&tally, "v3.13", word, false);
		sweep_release(&tally, "v5.10", word, false);
	}
	assert_int_equal(tally.nr[BAD] + tally.nr[KNOWN], 0);
	assert_true(tally.nr[GOOD] > 60);
}

/* The oracles see what they are for: bugs of v4.8 that the next release does not have. */
static void huge_pages(void **state)
{
	static char *const what[] = {"huge", "touched", "dontneed", NULL};
	struct tally before = {0}, after = {0};

	sweep_release(&before, "v4.8", what, false);
	sweep_release(&after, "v4.14", what, false);
	assert_int_equal(before.nr[KNOWN], 3);
	assert_int_equal(before.nr[BAD], 0);
	assert_int_equal(after.nr[KNOWN] + after.nr[BAD], 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base_pages),
		cmocka_unit_test(what_is_behind),
		cmocka_unit_test(huge_pages),
	};

	if (argc > 1 && !strcmp(argv[1], "full"))
		return sweep_all(argv + 2);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
