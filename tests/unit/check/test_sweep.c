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

static bool makes_sense(const struct sweep_case *c)
{
	unsigned state = 1u << c->state;

	if (!(c->a->states & state) || !(c->b->states & state))
		return false;
	return !c->huge || (c->state != SWEEP_SWAPPED && c->state != SWEEP_FILE);
}

/* true: as it should be. */
static bool run_case(const struct sweep_case *c, bool verbose)
{
	struct sweep_world s;
	struct timespec from, to;
	char text[128];
	bool good;

	describe(text, c);
	clock_gettime(CLOCK_MONOTONIC, &from);
	sweep_open(&s, c->release, c->huge, c->state);
	sweep_pair(&s, c->a, c->b, MOST_MS);
	clock_gettime(CLOCK_MONOTONIC, &to);
	good = s.w.info.verdict == NUMASIM_VERDICT_HOLDS;
	if (verbose || !good)
		printf("%s: %s %s%s%s (%llu states, %.1f s)\n", text,
		       good ? "ok" : s.w.info.verdict == NUMASIM_VERDICT_BROKEN ? s.w.info.oracle
										: "UNDECIDED",
		       s.w.info.sentence ?: "", s.w.info.undecided ? ": " : "",
		       s.w.info.undecided ?: "", (unsigned long long)s.w.info.states,
		       (double)(to.tv_sec - from.tv_sec) + 1e-9 * (to.tv_nsec - from.tv_nsec));
	fflush(stdout);
	sweep_close(&s);
	return good;
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

/* How many cases are not as they should be. */
static unsigned sweep(char *const *word, unsigned *run)
{
	unsigned wrong = 0;

	for (unsigned r = 0; r < RELEASES; r++)
		for (unsigned k = 0; k < 2 * SWEEP_STATES * SWEEP_ACTORS * SWEEP_ACTORS; k++) {
			unsigned pair = k / (2 * SWEEP_STATES);
			struct sweep_case c = {
				.release = releases[r], .huge = k % 2,
				.state = k / 2 % SWEEP_STATES,
				.a = &sweep_actor[pair / SWEEP_ACTORS],
				.b = &sweep_actor[pair % SWEEP_ACTORS]};

			if (c.a > c.b || !makes_sense(&c) || !wanted(&c, word))
				continue;
			wrong += !run_case(&c, true);
			++*run;
		}
	return wrong;
}

static void test_some(void **state)
{
	unsigned run = 0;

	assert_int_equal(sweep((char *[]){"v6.12", "base", "touched", NULL}, &run), 0);
	assert_true(run > 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_some),
	};

	if (argc > 1 && !strcmp(argv[1], "full")) {
		unsigned run = 0, wrong = sweep(argv + 2, &run);

		printf("%u cases, %u wrong\n", run, wrong);
		return wrong || !run;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
