/* SPDX-License-Identifier: BSD-2-Clause */
/* An engine room without a machine: contexts, and words and locks that stand in an arena. */
#ifndef EXEC_WORLD_H
#define EXEC_WORLD_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "exec/lock.h"
#include "exec/var.h"

#define WORLD_ARENA ((size_t)4 << 20)
#define WORLD_STACK (64 * 1024)

#define VAR(i) OBJECT(OBJ_VAR, (i) + 1, 0)

struct world {
	struct exec exec;
	struct arena *arena;
	uint64_t *word;	   /* 8 of them; their objects are VAR(0) to VAR(7) */
	struct lock *lock; /* names 1 and 2 */
	struct rwlock *rw; /* name 3 */
};

static inline void world_digest(void *self, struct digest_sink *sink)
{
	struct world *w = self;

	for (int i = 0; i < 8; i++)
		digest_put(sink, w->word[i]);
	lock_digest(&w->lock[0], sink);
	lock_digest(&w->lock[1], sink);
	rwlock_digest(w->rw, sink);
}

static inline int world_setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->arena = arena_create(WORLD_ARENA);
	assert_non_null(w->arena);
	assert_int_equal(exec_init(&w->exec, w->arena, WORLD_STACK), 0);
	w->word = arena_alloc(w->arena, 8 * sizeof(*w->word));
	w->lock = arena_alloc(w->arena, 2 * sizeof(*w->lock));
	w->rw = arena_alloc(w->arena, sizeof(*w->rw));
	lock_init(&w->lock[0], 1, 0);
	lock_init(&w->lock[1], 2, 0);
	rwlock_init(w->rw, 3, 0);
	state_register(&w->exec.state, (struct state_part){"world", NULL, world_digest, w});
	*state = w;
	return 0;
}

static inline int world_teardown(void **state)
{
	struct world *w = *state;

	exec_destroy(&w->exec);
	arena_destroy(w->arena);
	free(w);
	return 0;
}

static inline struct context *world_add(struct world *w, const char *name, context_fn fn)
{
	struct context *c;

	assert_int_equal(exec_add_context(&w->exec, &c, name, fn, w), 0);
	return c;
}

/* Let context @i take its next step. */
static inline void world_step(struct world *w, unsigned i)
{
	exec_clear(&w->exec);
	exec_step(&w->exec, (struct choice){i, 0});
}

/* What context @i announces. */
static inline struct announcement world_ask(struct world *w, unsigned i)
{
	struct announcement a;

	exec_announce(&w->exec, (struct choice){i, 0}, &a);
	return a;
}

#define WORLD_TEST(fn) cmocka_unit_test_setup_teardown(fn, world_setup, world_teardown)

#endif
