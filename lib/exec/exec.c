/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver's side: contexts as actors, choices, steps, what a snapshot and a digest hold. */
#include "exec/exec.h"

#include "exec/point.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__thread struct exec *exec_current;

/* ---- what is state ---- */

static void save_arena(void *self, struct snapshot *snap)
{
	struct exec *exec = self;

	snapshot_add(snap, exec->arena, exec->arena->used);
}

/* Only what lies above the saved stack pointer is somebody's frame; see exec/context.h. */
static void save_stacks(void *self, struct snapshot *snap)
{
	struct exec *exec = self;

	for (unsigned i = 0; i < exec->nr_contexts; i++) {
		struct coroutine *co = &exec->context[i]->co;

		if (exec->context[i]->status == CONTEXT_LIVE)
			snapshot_add(snap, co->sp, co->stack + co->size - (char *)co->sp);
	}
}

static void digest_contexts(void *self, struct digest_sink *sink)
{
	struct exec *exec = self;

	for (unsigned i = 0; i < exec->nr_contexts; i++) {
		const struct context *c = exec->context[i];

		digest_put(sink, (uint64_t)c->status << 8 | c->holds_rest);
		digest_put(sink, c->status == CONTEXT_DONE ? 0 : c->observed);
		digest_put(sink, c->pending.object ^ (uint64_t)c->pending.kind << 48);
	}
}

int exec_init(struct exec *exec, struct arena *arena, size_t stack_size)
{
	int ret;

	*exec = (struct exec){.arena = arena, .stack_size = stack_size, .oracles = ORACLE_ALL};
	ret = digest_sink_init(&exec->sink);
	if (ret)
		return ret;
	state_register(&exec->state, (struct state_part){"arena", save_arena, NULL, exec});
	return state_register(&exec->state, (struct state_part){"contexts", save_stacks,
								digest_contexts, exec});
}

void exec_destroy(struct exec *exec)
{
	for (unsigned i = 0; i < EXEC_MAX_ACTORS; i++)
		if (exec->context[i])
			coroutine_stack_free(exec->context[i]->co.stack, exec->stack_size);
	digest_sink_destroy(&exec->sink);
}

/* ---- a context as an actor ---- */

static void describe(const struct context *c, struct announcement *a)
{
	const struct pending *p = &c->pending;

	a->kind = p->kind;
	a->object = p->object;
	a->enabled = true;
	a->nr = 0;
	a->waits_for = 0;
	a->soon = false;
	if (p->describe)
		p->describe(a, p->arg);
	else
		announce_access(a, p->object, p->mode);
}

static unsigned context_choices(void *self, uint16_t *alternative, unsigned max)
{
	struct context *c = self;
	struct announcement a;

	if (c->status != CONTEXT_LIVE || !max)
		return 0;
	if (c->pending.describe) {
		describe(c, &a);
		if (!a.enabled)
			return 0;
	}
	alternative[0] = 0;
	return 1;
}

static void context_announce(void *self, uint16_t alternative, struct announcement *a)
{
	describe(self, a);
}

static bool context_at_rest(void *self)
{
	struct context *c = self;

	return c->status != CONTEXT_LIVE || c->holds_rest;
}

static void resume(struct exec *exec, struct context *c)
{
	struct exec *outer = exec_current;

	exec_current = exec;
	exec->running = c;
	coroutine_resume(&c->co);
	exec->running = NULL;
	exec_current = outer;
}

static void context_step(void *self, uint16_t alternative)
{
	resume(exec_current, self);
}

/* What a coroutine runs: the context's function, then its end. */
static void context_main(void *payload)
{
	struct context *c = payload;

	c->fn(c->payload);
	context_die();
}

int exec_add_context(struct exec *exec, struct context **context, const char *name,
		     context_fn fn, void *payload)
{
	struct context *c;
	unsigned slot = exec->nr_contexts;
	int ret;

	if (slot == EXEC_MAX_ACTORS)
		return -ENOSPC;
	c = exec->context[slot];
	if (!c) {
		c = arena_alloc(exec->arena, sizeof(*c));
		if (!c)
			return -ENOMEM;
		c->co.stack = coroutine_stack_alloc(exec->stack_size);
		if (!c->co.stack)
			return -ENOMEM;
		c->co.size = exec->stack_size;
		exec->context[slot] = c;
	}
	c->id = slot + 1;
	c->status = CONTEXT_FRESH;
	c->observed = 0;
	c->births = (struct births){.first = exec->setup_births};
	c->fn = fn;
	c->payload = payload;
	c->pending = (struct pending){.kind = POINT_START};
	snprintf(c->name, sizeof(c->name), "%s", name);
	ret = exec_add_actor(exec, (struct actor){.name = c->name, .self = c, .is_cpu = true,
						  .choices = context_choices,
						  .announce = context_announce,
						  .step = context_step,
						  .at_rest = context_at_rest});
	if (ret)
		return ret;
	exec->nr_contexts++;
	*context = c;
	return 0;
}

int exec_add_actor(struct exec *exec, struct actor actor)
{
	if (exec->nr_actors == EXEC_MAX_ACTORS)
		return -ENOSPC;
	exec->actor[exec->nr_actors++] = actor;
	return 0;
}

void exec_drop_contexts(struct exec *exec)
{
	exec->nr_contexts = 0;
	exec->nr_actors = 0;
}

void exec_start(struct exec *exec)
{
	for (unsigned i = 0; i < exec->nr_contexts; i++) {
		struct context *c = exec->context[i];

		if (c->status != CONTEXT_FRESH)
			continue;
		coroutine_reset(&c->co, context_main, c);
		c->status = CONTEXT_LIVE;
		c->holds_rest = true;
		resume(exec, c);
	}
}

/* ---- steps ---- */

unsigned exec_choices(struct exec *exec, struct choice choice[EXEC_MAX_CHOICES])
{
	uint16_t alternative[EXEC_MAX_CHOICES];
	struct exec *outer = exec_current;
	unsigned nr = 0;

	exec_current = exec;
	for (unsigned i = 0; i < exec->nr_actors; i++) {
		struct actor *actor = &exec->actor[i];
		unsigned n = actor->choices(actor->self, alternative, EXEC_MAX_CHOICES - nr);

		for (unsigned k = 0; k < n; k++)
			choice[nr++] = (struct choice){i, alternative[k]};
	}
	exec_current = outer;
	return nr;
}

void exec_announce(struct exec *exec, struct choice choice, struct announcement *a)
{
	struct actor *actor = &exec->actor[choice.actor];
	struct exec *outer = exec_current;

	*a = (struct announcement){.enabled = true};
	exec_current = exec;
	actor->announce(actor->self, choice.alternative, a);
	exec_current = outer;
}

void exec_step(struct exec *exec, struct choice choice)
{
	struct actor *actor = &exec->actor[choice.actor];
	struct exec *outer = exec_current;

	exec_current = exec;
	actor->step(actor->self, choice.alternative);
	exec_current = outer;
}

bool exec_finished(const struct exec *exec)
{
	for (unsigned i = 0; i < exec->nr_contexts; i++)
		if (exec->context[i]->status != CONTEXT_DONE)
			return false;
	return true;
}

bool exec_at_rest(struct exec *exec, unsigned index)
{
	struct actor *actor = &exec->actor[index];

	return !actor->at_rest || actor->at_rest(actor->self);
}

void exec_clear(struct exec *exec)
{
	exec->log.nr = 0;
	exec->log.retired = false;
	exec->log.note[0] = '\0';
	exec->violation.found = false;
	exec->assumed_away = false;
}

int exec_run(struct exec *exec)
{
	struct choice choice[EXEC_MAX_CHOICES];

	while (exec_choices(exec, choice)) {
		exec->log.nr = 0;
		exec_step(exec, choice[0]);
	}
	return exec_finished(exec) ? 0 : -EDEADLK;
}

struct digest exec_digest(struct exec *exec)
{
	struct exec *outer = exec_current;
	struct digest digest;

	exec_current = exec;
	digest = state_digest(&exec->state, &exec->sink);
	exec_current = outer;
	return digest;
}
