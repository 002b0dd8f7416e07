/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What cells can call and conditions can ask for: small scenarios of one column or two that cannot
 * race, held against what the system calls promise.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <numasim/scenario.h>

#define RELEASES "v3.8", "v3.13", "v3.19", "v4.8", "v4.14", "v5.4", "v5.10", "v5.19", "v6.4", \
		 "debian-6.1.192", "debian-6.12.117"

/* @body, the text behind the settings, holds for @release; @thp: never or always. */
static void holds(const char *release, const char *thp, const char *body)
{
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;
	struct numasim_error err = {0};
	struct numasim_scenario *scenario;
	struct numasim_check *result;
	struct numasim_check_row row;
	char text[2048];

	snprintf(text, sizeof(text), "NUMASIM t \"t\"\n{ thp = %s; %s\nexpect %s: holds\n", thp,
		 body, release);
	if (numasim_scenario_parse(&scenario, text, strlen(text), "t.nsim", &err))
		fail_msg("%s", err.text);
	if (numasim_scenario_check(&result, scenario, &search, &err))
		fail_msg("%s: %s", release, err.text);
	assert_int_equal(numasim_check_row(&row, result, 0), 0);
	if (row.status != NUMASIM_CHECK_OK)
		fail_msg("%s: found %s: %s\n%s", release, row.found, row.remark, text);
	numasim_check_free(result);
	numasim_scenario_free(scenario);
}

static void holds_everywhere(const char *body)
{
	static const char *const releases[] = {RELEASES};

	for (size_t i = 0; i < sizeof(releases) / sizeof(*releases); i++)
		holds(releases[i], "never", body);
}

/* Rights go and come back; without them the thread dies. */
static void test_mprotect(void **state)
{
	holds_everywhere("P: mmap x 4K; P: x = 1 by a; }\n"
			 " a ;\n mprotect(P:x, 4K, r) ;\n r0 = P:x ;\n"
			 " mprotect(P:x, 4K, rw) ;\n P:x = 2 ;\n r1 = P:x ;\n"
			 "forall (a:r0 = 1 /\\ a:r1 = 2 /\\ killed(a) = 0 /\\"
			 " entry(P:x, write) = 1 /\\ entry(P:x, dirty) = 1)");
	holds_everywhere("P: mmap x 4K; P: x = 1 by a; }\n"
			 " a ;\n mprotect(P:x, 4K, r) ;\n P:x = 2 ;\n r0 = P:x ;\n"
			 "forall (a:r0 = 0 /\\ killed(a) = 1 /\\ entry(P:x, write) = 0)");
}

/* Errors are numbers, and end nothing. */
static void test_errors(void **state)
{
	holds_everywhere("P: mmap x 4K; }\n"
			 " a ;\n r0 = munmap(P:x, 0) ;\n r1 = mprotect(P:x, 8K, r) ;\n"
			 " r2 = madvise(P:x, 4K, dontneed) ;\n r3 = dma_read(P:x) ;\n"
			 " r4 = put(P:x) ;\n"
			 "forall (a:r0 = 22 /\\ a:r1 = 12 /\\ a:r2 = 0 /\\ a:r3 = 2 /\\ a:r4 = 2)");
}

static void test_counter(void **state)
{
	holds_everywhere("P: mmap x 4K; P: mmap y 8K; P: x = 1 by a; }\n"
			 " a ;\n P:x = 2 ;\n P:y = 1 ;\n P:y+4K = 1 ;\n"
			 "forall (vmstat(pgfault) = 2)");
}

/* What one writes after the fork the other never sees; whoever was there before sees the old. */
static void test_fork(void **state)
{
	holds_everywhere("P: mmap x 4K; P: x = 1 by a; Q: fork P by a; Q: x = 2 by b; }\n"
			 " a:P | b:Q ;\n r0 = P:x | r0 = Q:x ;\n"
			 "forall (a:r0 = 1 /\\ b:r0 = 2 /\\ P:x = 1 /\\ Q:x = 2)");
	holds_everywhere("P: mmap x 4K; P: x = 1 by a; }\n"
			 " a ;\n fork(P) ;\n P:x = 2 ;\n r0 = P:x ;\n"
			 "forall (a:r0 = 2)\nreach copied(P:x)");
}

/* A child without a column, and one with two. */
static void test_fork_seats(void **state)
{
	holds_everywhere("P: mmap x 4K; P: x = 1 by a; Q: fork P by a; P: x = 2 by a; }\n"
			 " a ;\n r0 = read_mem(Q:x) ;\nforall (a:r0 = 1 /\\ Q:x = 1)");
	holds_everywhere("P: mmap x 4K; P: x = 1 by a; Q: fork P by a; R: fork Q by b; "
			 "Q: x = 2 by c; R: x = 3 by d; }\n"
			 " a:P | b:Q | c:Q | d:R ;\n | r0 = Q:x | | ;\n"
			 "forall (P:x = 1 /\\ b:r0 = 2 /\\ R:x = 3)");
}

static void test_shared(void **state)
{
	holds_everywhere("P: mmap x 4K shared; P: x = 1 by a; Q: fork P by a; Q: x = 2 by b; }\n"
			 " a:P | b:Q ;\n r0 = P:x | ;\nforall (a:r0 = 2)");
	holds_everywhere("P: mmap x 4K file=f shared; Q: mmap y 8K file=f shared; "
			 "Q: mmap z 4K file=f; P: x = 1 by a; Q: z+8 = 5 by b; P: x = 2 by a; }\n"
			 " a:P | b:Q ;\n | r0 = Q:y ;\n | r1 = Q:y+8 ;\n | r2 = Q:z ;\n"
			 "forall (b:r0 = 2 /\\ b:r1 = 0 /\\ b:r2 = 1)");
}

/* What was cut off a file is gone from all who map it, private copies too: SIGBUS. */
static void test_truncate(void **state)
{
	holds_everywhere("P: mmap x 8K file=f; P: x+4K = 1 by a; }\n"
			 " a ;\n truncate(f, 4K) ;\n r0 = P:x ;\n r1 = P:x+4K ;\n"
			 "forall (killed(a) = 1 /\\ a:r0 = 0)");
}

static void test_mem(void **state)
{
	holds_everywhere("P: mmap x 4K prot=r; }\n"
			 " a ;\n r1 = write_mem(P:x, 7) ;\n r0 = P:x ;\n r2 = read_mem(P:x) ;\n"
			 " r3 = write_mem(P:x, r0) ;\n"
			 "forall (a:r0 = 7 /\\ a:r1 = 0 /\\ a:r2 = 7 /\\ a:r3 = 0)");
}

static void test_dma(void **state)
{
	holds_everywhere("P: mmap x 4K; P: x = 1 by a; }\n"
			 " a ;\n r0 = pin(P:x, write) ;\n dma_write(P:x, 2) ;\n r1 = P:x ;\n"
			 " P:x = 3 ;\n r2 = dma_read(P:x) ;\n r3 = put(P:x) ;\n r4 = gup(P:x) ;\n"
			 " r5 = put(P:x) ;\n"
			 "forall (a:r0 = 0 /\\ a:r1 = 2 /\\ a:r2 = 3 /\\ a:r3 = 0 /\\ a:r4 = 0 /\\"
			 " a:r5 = 0)\nreach pinned(P:x)");
}

static void test_reclaim(void **state)
{
	holds_everywhere("swap = 1M; P: mmap x 4K; P: x = 1 by a; }\n"
			 " a ;\n reclaim(P:x) ;\n r0 = P:x ;\nforall (a:r0 = 1)\n"
			 "reach reclaimed(P:x), swapped_in(P:x)");
	holds_everywhere("swap = 1M; P: mmap x 4K; P: x = 1 by a; }\n"
			 " a ;\n reclaim(P:x) ;\nforall (P:x = 1 /\\ entry(P:x, swap) = 1)");
}

/* A mapping moves, contents and all, and the one that was there goes. */
static void test_mremap(void **state)
{
	holds_everywhere("P: mmap x 4K; P: mmap y 4K; P: x = 1 by a; P: y = 2 by a; }\n"
			 " a ;\n r1 = mremap(P:x, 4K, 4K, P:y) ;\n r0 = P:y ;\n load P:x ;\n"
			 "forall (a:r0 = 1 /\\ a:r1 = 0 /\\ killed(a) = 1)");
}

static void test_drivers(void **state)
{
	holds_everywhere("P: mmap x 8K driver=pages; }\n"
			 " a ;\n P:x = 1 ;\n P:x+4K = 2 ;\n r0 = P:x ;\n"
			 "forall (a:r0 = 1 /\\ entry(P:x, special) = 0 /\\ vmstat(pgfault) = 0)");
	holds_everywhere("P: mmap x 4K driver=mixed; }\n"
			 " a ;\n munmap(P:x+0, 0) ;\nforall (entry(P:x, special) = 1)");
	holds_everywhere("P: mmap x 4K driver=pfn; }\n"
			 " a ;\n munmap(P:x, 4K) ;\nforall (entry(P:x, none) = 1)");
}

static void test_huge(void **state)
{
	static const char *const releases[] = {RELEASES};

	for (size_t i = 0; i < sizeof(releases) / sizeof(*releases); i++) {
		holds(releases[i], "always",
		      "P: mmap x 2M; P: x = 1 by a; }\n"
		      " a ;\n load P:x ;\n"
		      "forall (entry(P:x, huge) = 1 /\\ entry(P:x, present) = 1)");
		holds(releases[i], "always",
		      "P: mmap x 2M; P: x = 1 by a; }\n"
		      " a ;\n mprotect(P:x+4K, 4K, r) ;\n r0 = P:x ;\n"
		      "forall (entry(P:x, huge) = 0 /\\ a:r0 = 1)\nreach split(P:x)");
	}
}

static void test_clear_refs(void **state)
{
	holds_everywhere("P: mmap x 4K; P: x = 1 by a; }\n"
			 " a ;\n r0 = clear_refs(P, 1) ;\n r1 = clear_refs(P, 9) ;\n"
			 "forall (entry(P:x, accessed) = 0 /\\ a:r0 = 0 /\\ a:r1 = 22)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mprotect), cmocka_unit_test(test_errors),
		cmocka_unit_test(test_counter),	 cmocka_unit_test(test_fork),
		cmocka_unit_test(test_fork_seats), cmocka_unit_test(test_shared),
		cmocka_unit_test(test_truncate), cmocka_unit_test(test_mem),
		cmocka_unit_test(test_dma),	 cmocka_unit_test(test_reclaim),
		cmocka_unit_test(test_mremap),	 cmocka_unit_test(test_drivers),
		cmocka_unit_test(test_huge),	 cmocka_unit_test(test_clear_refs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
