/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables for one test of the page walk, and a walk that finds nothing ready. */
#ifndef TEST_WALK_WORLD_H
#define TEST_WALK_WORLD_H

#include "tables.h"

#define VA UINT64_C(0x00007f1234567000)

static inline int start(void **state)
{
	static struct tables t;

	tables_start(&t, false);
	*state = &t;
	return 0;
}

static inline int stop(void **state)
{
	tables_end(*state);
	return 0;
}

static inline struct x86_walk walk(const struct tables *t, const struct x86_mode *m,
				   struct x86_access a)
{
	struct x86_walk w;

	memset(&w, 0xa5, sizeof(w)); /* the walk may rely on nothing that was there */
	x86_walk(&w, m, &t->mem, t->cr3, &a);
	return w;
}

static inline struct x86_access user_read(uint64_t va)
{
	return (struct x86_access){ .va = va, .user = true };
}

static inline struct x86_access user_write(uint64_t va)
{
	return (struct x86_access){ .va = va, .user = true, .write = true };
}

#endif
