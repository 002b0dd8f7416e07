/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The simulator's TLB beside the model, access by access: what was found where, physical address,
 * fault and its code, counters, every entry, and the tables with their A and D bits. On each preset
 * and on odd geometries, with each set of vector instructions, in the code of a preset and in the
 * code for any geometry.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "test_simtlb_pair.h"
#include "x86/simtlb.h"

static void compare(const struct numasim_tlb_geometry *g, enum simtlb_isa isa, bool general,
		    unsigned levels, unsigned steps, uint64_t seed)
{
	struct pair *p = calloc(1, sizeof(*p));
	struct numasim_error err = {0};

	if (numasim_tlb_create(&p->tlb, g, &err))
		fail_msg("%s", err.text);
	if (simtlb_choose(p->tlb, isa, general)) { /* this processor cannot */
		numasim_tlb_destroy(p->tlb);
		free(p);
		return;
	}
	world_init(&p->world, levels, seed);
	world_populate(&p->world);
	model_init(&p->model, g, p->world.gib[1], WORLD_GIB);
	numasim_tlb_set_memory(p->tlb, p->world.gib[0], WORLD_GIB);
	p->model.regs.flags = levels == 5 ? NUMASIM_TLB_LA57 : 0;
	p->model.regs.cr3 = p->world.root[0];
	pair_regs(p);
	for (unsigned i = 0; i < steps; i++) {
		pair_something(p);
		if (i % 16 == 0)
			pair_assert_same_all(p);
	}
	pair_assert_same_all(p);
	assert_true(p->accesses - p->faults > 4 * steps && p->faults > 20);
	model_free(&p->model);
	world_free(&p->world);
	numasim_tlb_destroy(p->tlb);
	free(p);
}

static void compare_paths(const struct numasim_tlb_geometry *g, unsigned steps, uint64_t seed)
{
	for (unsigned levels = 4; levels <= 5; levels++)
		for (unsigned general = 0; general < 2; general++)
			for (enum simtlb_isa isa = SIMTLB_SSE2; isa <= SIMTLB_AVX2; isa++)
				compare(g, isa, general, levels, steps, seed);
}

static void test_presets(void **state)
{
	size_t n;
	const struct numasim_tlb_preset *preset = numasim_tlb_presets(&n);

	assert_true(n >= 3);
	for (size_t i = 0; i < n; i++)
		compare_paths(&preset[i].geometry, 300, 1 + i);
}

static void test_odd_geometries(void **state)
{
#define ALL(n)                                                                                     \
	{                                                                                          \
		0, n                                                                               \
	}
	static const struct numasim_tlb_geometry odd[] = {
		/* one entry; nothing behind it */
		{{{{1, 1, NUMASIM_TLB_LRU, {ALL(1), ALL(1), ALL(1)}}}}},
		/* no number a power of two, each size on its own */
		{{{{3, 5, NUMASIM_TLB_LRU, {ALL(5)}},
		   {7, 3, NUMASIM_TLB_LRU, {{0, 0}, ALL(3)}},
		   {1, 3, NUMASIM_TLB_LRU, {{0, 0}, {0, 0}, ALL(3)}}},
		  {{11, 13, NUMASIM_TLB_LRU, {ALL(13), ALL(13), ALL(13)}}}}},
		/* trees of all depths, shared; 1G in level 1 only */
		{{{{2, 2, NUMASIM_TLB_TREE_PLRU, {ALL(2), {0, 0}, ALL(2)}},
		   {5, 8, NUMASIM_TLB_TREE_PLRU, {{0, 0}, ALL(8)}}},
		  {{3, 16, NUMASIM_TLB_TREE_PLRU, {ALL(16)}},
		   {1, 64, NUMASIM_TLB_TREE_PLRU, {{0, 0}, ALL(64)}}}}},
		/* ways reserved for sizes; 2M in level 2 only */
		{{{{4, 6, NUMASIM_TLB_LRU, {{0, 4}, {0, 0}, {3, 3}}}},
		  {{5, 20, NUMASIM_TLB_LRU, {{0, 20}, {5, 10}, {19, 1}}}}}},
		/* wide: hints, more than 64 lanes, the widest */
		{{{{1, 72, NUMASIM_TLB_LRU, {ALL(72), ALL(72), ALL(72)}}},
		  {{2, 256, NUMASIM_TLB_LRU, {ALL(256)}},
		   {1, 131, NUMASIM_TLB_LRU, {{0, 0}, ALL(131), ALL(131)}}}}},
		/* one-way sets, many of them */
		{{{{16, 1, NUMASIM_TLB_LRU, {ALL(1), ALL(1)}}},
		  {{509, 1, NUMASIM_TLB_LRU, {ALL(1), ALL(1), ALL(1)}}}}},
	};
#undef ALL

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		compare_paths(&odd[i], 250, 100 + i);
}

/* Sizes go to random arrays; shapes and policies are random too. */
static void random_geometry(struct numasim_tlb_geometry *g, struct world *w)
{
	memset(g, 0, sizeof(*g));
	for (unsigned level = 0; level < 2; level++)
		for (unsigned size = 0; size < 3; size++) {
			struct numasim_tlb_array *s = &g->level[level][world_pick(w, 3)];

			if (size && world_once_in(w, 4))
				continue;
			if (!s->sets) {
				s->sets = 1 + world_pick(w, 20);
				s->policy = (uint16_t)world_pick(w, 2);
				s->ways = (uint16_t)(s->policy ? 2u << world_pick(w, 6)
							       : 1 + world_pick(w, 40));
			}
			s->hold[size].count = s->ways;
			if (s->policy == NUMASIM_TLB_LRU && world_once_in(w, 3)) {
				s->hold[size].first = (uint16_t)world_pick(w, s->ways);
				s->hold[size].count -= s->hold[size].first;
			}
		}
}

static void test_random_geometries(void **state)
{
	struct numasim_tlb_geometry g;
	struct world w = {.rng = 4711};

	for (unsigned i = 0; i < 20; i++) {
		random_geometry(&g, &w);
		compare_paths(&g, 120, 200 + i);
	}
}

/* A batch cut anywhere is the same as one batch: the tables it remembers do not show. */
static void test_any_cut(void **state)
{
	static uint64_t va[4096], pa[2][4096];
	static uint8_t how[2][4096];
	struct numasim_tlb_counters counters[2];

	for (unsigned cut = 0; cut < 2; cut++) {
		struct pair *p = calloc(1, sizeof(*p));
		size_t done = 0, step;

		world_init(&p->world, 4, 99);
		world_populate(&p->world);
		assert_int_equal(numasim_tlb_create_preset(&p->tlb, "amd-zen4", NULL), 0);
		numasim_tlb_set_memory(p->tlb, p->world.gib[0], WORLD_GIB);
		p->model.regs.cr3 = p->world.root[0];
		p->model.regs.flags = NUMASIM_TLB_REGS_LINUX;
		assert_int_equal(numasim_tlb_set_regs(p->tlb, &p->model.regs, NULL), 0);
		for (size_t i = 0; i < 4096; i++)
			va[i] = pair_random_address(p);
		for (size_t i = 0; i < 4096; i += done + 1) { /* a fault is one access too */
			step = cut ? 1 + world_pick(&p->world, 7) : 4096;
			step = step > 4096 - i ? 4096 - i : step;
			struct numasim_tlb_batch b = {
				.va = va + i, .n = step, .pa = pa[cut] + i, .how = how[cut] + i};
			assert_int_equal(numasim_tlb_access_batch(&done, p->tlb, &b, NULL), 0);
			if (done == step)
				done--;
		}
		numasim_tlb_get_counters(&counters[cut], p->tlb);
		world_free(&p->world);
		numasim_tlb_destroy(p->tlb);
		free(p);
	}
	assert_memory_equal(pa[0], pa[1], sizeof(pa[0]));
	assert_memory_equal(how[0], how[1], sizeof(how[0]));
	assert_memory_equal(&counters[0], &counters[1], sizeof(counters[0]));
	assert_true(counters[0].walks[0] > 100 && counters[0].faults > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_presets),
		cmocka_unit_test(test_odd_geometries),
		cmocka_unit_test(test_random_geometries),
		cmocka_unit_test(test_any_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
