/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "x86/simtlb.h"

#define ALL(n)                                                                                     \
	{                                                                                          \
		0, n                                                                               \
	}
#define GOOD                                                                                       \
	{                                                                                          \
		{                                                                                  \
			{                                                                          \
				{16, 4, NUMASIM_TLB_TREE_PLRU, {ALL(4)}},                          \
				{                                                                  \
					4, 3, NUMASIM_TLB_LRU,                                     \
					{                                                          \
						{0, 0}, ALL(3)                                     \
					}                                                          \
				}                                                                  \
			}                                                                          \
		}                                                                                  \
	}

static const struct {
	struct numasim_tlb_geometry geometry;
	const char *text;
} bad[] = {
	{{{{{0}}}}, "level 1 has no array; only level 2 may be empty"},
	{{{{{0}}, {{16, 4, 0, {ALL(4)}}}}}, "level 1 has no array; only level 2 may be empty"},
	{{{{{0, 4, 0, {ALL(4)}}}}}, "level 1, array 1: 0 sets; give it some, or leave it all zero"},
	{{{{{65537, 4, 0, {ALL(4)}}}}}, "level 1, array 1: 65537 sets; at most 65536 are possible"},
	{{{{{UINT32_MAX, 256, 0, {ALL(4)}}}}},
	 "level 1, array 1: 4294967295 sets; at most 65536 are possible"},
	{{{{{16, 0, 0, {ALL(4)}}}}}, "level 1, array 1: 0 ways; 1 to 256 are possible"},
	{{{{{16, 257, 0, {ALL(4)}}}}}, "level 1, array 1: 257 ways; 1 to 256 are possible"},
	{{{{{65536, 17, 0, {ALL(17)}}}}},
	 "level 1, array 1: 1114112 entries; at most 1048576 are possible"},
	{{{{{16, 4, 2, {ALL(4)}}}}}, "level 1, array 1: policy 2; 0 is LRU, 1 is tree-PLRU"},
	{{{{{16, 6, 1, {ALL(6)}}}}},
	 "level 1, array 1: a tree over 6 ways; it needs a power of two, 2 to 64, or the policy "
	 "LRU"},
	{{{{{16, 1, 1, {ALL(1)}}}}},
	 "level 1, array 1: a tree over 1 ways; it needs a power of two, 2 to 64, or the policy "
	 "LRU"},
	{{{{{16, 128, 1, {ALL(128)}}}}},
	 "level 1, array 1: a tree over 128 ways; it needs a power of two, 2 to 64, or the policy "
	 "LRU"},
	{{{{{16, 4, 0, {{0, 0}}}}}},
	 "level 1, array 1 holds no page size; set hold[], or sets to 0"},
	{{{{{16, 4, 0, {{1, 4}}}}}}, "level 1, array 1: 4K pages in ways 1 to 4 of 4"},
	{{{{{16, 4, 0, {{0, 0}, {65535, 65535}}}}}},
	 "level 1, array 1: 2M pages in ways 65535 to 131069 of 4"},
	{{{{{16, 4, 1, {ALL(4), {0, 2}}}}}},
	 "level 1, array 1: 2M pages in part of the ways; only the policy LRU can do that"},
	{{{{{16, 4, 0, {ALL(4)}}}, {{0}, {8, 4, 0, {ALL(4), ALL(5)}}}}},
	 "level 2, array 2: 2M pages in ways 0 to 4 of 4"},
	{{{{{16, 4, 0, {ALL(4), ALL(4)}}, {0}, {8, 4, 0, {{0, 0}, ALL(4)}}}}},
	 "level 1 holds 2M pages in 2 arrays; one is possible"},
};

static void test_bad(void **state)
{
	struct numasim_tlb *tlb = (void *)&tlb;
	struct numasim_error err;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(&err, 0, sizeof(err));
		assert_int_equal(numasim_tlb_check_geometry(&bad[i].geometry, &err), -EINVAL);
		assert_string_equal(err.text, bad[i].text);
		assert_int_equal(err.code, -EINVAL);
		assert_int_equal(numasim_tlb_create(&tlb, &bad[i].geometry, NULL), -EINVAL);
		assert_ptr_equal(tlb, &tlb);
	}
}

static void test_good(void **state)
{
	static const struct numasim_tlb_geometry good = GOOD;
	struct numasim_tlb *tlb;

	assert_int_equal(numasim_tlb_check_geometry(&good, NULL), 0);
	assert_int_equal(numasim_tlb_create(&tlb, &good, NULL), 0);
	assert_non_null(strstr(numasim_tlb_path(tlb), "any geometry"));
	numasim_tlb_destroy(tlb);
	numasim_tlb_destroy(NULL);
}

/* Every preset is valid, says where it is from, and gets code of its own. */
static void test_presets(void **state)
{
	const struct numasim_tlb_preset *preset;
	struct numasim_tlb *tlb;
	size_t n;

	preset = numasim_tlb_presets(&n);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++) {
		assert_true(strlen(preset[i].source) > 100 && strlen(preset[i].text) > 10);
		assert_int_equal(numasim_tlb_create_preset(&tlb, preset[i].name, NULL), 0);
		assert_non_null(strstr(numasim_tlb_path(tlb), preset[i].name));
		assert_memory_equal(&tlb->geometry, &preset[i].geometry, sizeof(tlb->geometry));
		assert_int_equal(simtlb_choose(tlb, SIMTLB_SSE2, false), 0);
		assert_memory_equal(numasim_tlb_path(tlb), "sse2, ", 6);
		assert_non_null(strstr(numasim_tlb_path(tlb), preset[i].name));
		assert_int_equal(simtlb_choose(tlb, SIMTLB_SSE2, true), 0);
		assert_string_equal(numasim_tlb_path(tlb), "sse2, any geometry");
		numasim_tlb_destroy(tlb);
	}
}

static void test_unknown_preset(void **state)
{
	struct numasim_tlb *tlb = NULL;
	struct numasim_error err;

	assert_int_equal(numasim_tlb_create_preset(&tlb, "intel-golden-cov", &err), -ENOENT);
	assert_string_equal(err.text, "no TLB preset \"intel-golden-cov\"; there are "
				      "intel-golden-cove, amd-zen4 and classic-64-1536");
	assert_null(tlb);
}

/* The largest array there can be: it is set up, and its last set can be used. */
static void test_largest(void **state)
{
	static const struct numasim_tlb_geometry large = {
		{{{65536, 16, NUMASIM_TLB_LRU, {ALL(16)}}}}};
	struct numasim_tlb_entry e = {.va = UINT64_C(65535) << 12, .pa = 0x5000, .user = true}, got;
	struct numasim_tlb *tlb;

	assert_int_equal(numasim_tlb_create(&tlb, &large, NULL), 0);
	assert_int_equal(numasim_tlb_fill(tlb, &e, NULL), 0);
	assert_int_equal(numasim_tlb_lookup(&got, tlb, e.va + 5), 1);
	assert_int_equal(got.pa, 0x5000);
	numasim_tlb_destroy(tlb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad),     cmocka_unit_test(test_good),
		cmocka_unit_test(test_presets), cmocka_unit_test(test_unknown_preset),
		cmocka_unit_test(test_largest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
