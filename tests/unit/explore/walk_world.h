/* SPDX-License-Identifier: BSD-2-Clause */
/* Random walks through runs of real memory-manager code: a scanner arms a page that a writer on its
 * node and a reader on the other use. */
#ifndef WALK_WORLD_H
#define WALK_WORLD_H

#include "mm/mm_world.h"

#define WALKS	  400
#define MOST_LONG 399 /* steps of a walk that are looked at */

static inline uint64_t random_word(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static inline void writer(void *payload)
{
	const struct mm_world *w = payload;

	for (uint64_t i = 2; i < 8; i++)
		numasim_user_store(w->x, i);
}

static inline void reader(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t value;

	for (int i = 0; i < 10; i++)
		numasim_user_load(&value, w->x);
}

static inline void scanner(void *payload)
{
	const struct mm_world *w = payload;

	numasim_change_prot_numa(w->vma, w->x, numasim_vma_end(w->vma));
}

/* Under AddressSanitizer and valgrind a few will do: what they look for shows soon. */
static inline int walks(int part)
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

static inline void begin(struct mm_world *w, const struct setting *s)
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

static inline void end(struct mm_world *w, struct trail *t)
{
	state_restore(&t->root);
	trail_destroy(t);
	free(t);
	exec_drop_contexts(&w->m->exec);
	mm_world_close(w);
}

#endif
