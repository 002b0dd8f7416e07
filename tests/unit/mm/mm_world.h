/* SPDX-License-Identifier: BSD-2-Clause */
/* A program with one address space and one mapping of a huge page (or base pages), touched by a
 * set-up on CPU 0 of node 0: x, at its start, is 1. */
#ifndef MM_WORLD_H
#define MM_WORLD_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "mm/api.h"
#include "explore/program.h"
#include "mm/bits.h"
#include "mm/page.h"

struct mm_world {
	struct numasim_program *program;
	struct numasim_machine *m;
	struct mm_struct *mm;
	struct vm_area_struct *vma;
	uint64_t x;
	struct numasim_error err;
	struct numasim_result *result;
	struct numasim_result_info info;
};

static inline void mm_world_touch(void *payload)
{
	const struct mm_world *w = payload;

	numasim_user_store(w->x, 1);
}

static inline void mm_world_open(struct mm_world *w, const struct numasim_program_options *options,
				 bool huge)
{
	struct numasim_seat seat = {.where = NUMASIM_SEAT_CPU, .id = 0};
	unsigned flags = NUMASIM_MAP_READ | NUMASIM_MAP_WRITE | (huge ? NUMASIM_MAP_HUGE : 0);
	int ret;

	memset(w, 0, sizeof(*w));
	ret = numasim_program_create(&w->program, options, &w->err);
	if (ret)
		fail_msg("%s", w->err.text);
	w->m = numasim_program_machine(w->program);
	assert_int_equal(numasim_program_mm(&w->mm, w->program, "P", &w->err), 0);
	assert_int_equal(numasim_program_map(&w->vma, w->program, w->mm,
					     huge ? HPAGE_SIZE : FRAME_SIZE, flags, &w->err), 0);
	w->x = numasim_vma_start(w->vma);
	assert_int_equal(numasim_program_watch(w->program, w->x, &w->err), 0);
	seat.mm = w->mm;
	if (numasim_program_setup(w->program, mm_world_touch, w, &seat, &w->err))
		fail_msg("%s", w->err.text);
}

static inline void mm_world_close(struct mm_world *w)
{
	numasim_result_free(w->result);
	numasim_program_free(w->program);
}

/* A thread of the address space on the lowest free CPU of node @node. */
static inline void mm_world_add(struct mm_world *w, const char *name, void (*fn)(void *),
				unsigned node)
{
	struct numasim_seat seat = {.where = NUMASIM_SEAT_NODE, .id = node, .mm = w->mm};

	if (numasim_program_add(w->program, name, fn, w, &seat, &w->err))
		fail_msg("%s", w->err.text);
}

static inline void mm_world_search(struct mm_world *w, enum numasim_engine engine,
				   const char *oracle)
{
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;
	const char *const oracles[] = {oracle};

	search.engine = engine;
	search.oracles = oracles;
	search.nr_oracles = oracle != NULL;
	numasim_result_free(w->result);
	w->result = NULL;
	if (numasim_program_explore(&w->result, w->program, &search, &w->err))
		fail_msg("%s", w->err.text);
	numasim_result_info(&w->info, w->result);
}

/* Run one piece of kernel code to its end, as a set-up on node 0, and let it assert. */
static inline void mm_world_run(struct mm_world *w, void (*fn)(void *))
{
	struct numasim_seat seat = {.where = NUMASIM_SEAT_NODE, .id = 0, .mm = w->mm};

	if (numasim_program_setup(w->program, fn, w, &seat, &w->err))
		fail_msg("%s", w->err.text);
}

static inline int huge_setup(void **state)
{
	*state = malloc(sizeof(struct mm_world));
	mm_world_open(*state, NULL, true);
	return 0;
}

static inline int base_setup(void **state)
{
	*state = malloc(sizeof(struct mm_world));
	mm_world_open(*state, NULL, false);
	return 0;
}

static inline int mm_world_teardown(void **state)
{
	mm_world_close(*state);
	free(*state);
	return 0;
}

#define HUGE_TEST(fn) cmocka_unit_test_setup_teardown(fn, huge_setup, mm_world_teardown)
#define BASE_TEST(fn) cmocka_unit_test_setup_teardown(fn, base_setup, mm_world_teardown)

#endif
