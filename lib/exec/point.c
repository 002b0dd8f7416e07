/* SPDX-License-Identifier: BSD-2-Clause */
/* The simulated code's side of a step. */
#include "exec/point.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void yield_pending(struct context *c, struct pending pending)
{
	c->pending = pending;
	coroutine_yield(&c->co);
	c->holds_rest = false;
	c->observed = digest_mix(c->observed, pending.object ^ pending.kind);
}

void point_yield(enum point_kind kind, uint64_t object, enum access_mode mode)
{
	yield_pending(exec_current->running, (struct pending){kind, mode, object, NULL, NULL});
}

/* Straight through: what cannot happen now never will. */
static void described_direct(announce_fn describe, const void *arg)
{
	struct announcement a = {.enabled = true};

	describe(&a, arg);
	if (a.enabled)
		return;
	violate(ORACLE_DEADLOCK, &a.waits_for, 1, "the code waits for itself");
	context_die();
}

void point_described(enum point_kind kind, uint64_t object, announce_fn describe, const void *arg)
{
	if (direct()) {
		described_direct(describe, arg);
		return;
	}
	yield_pending(exec_current->running,
		      (struct pending){kind, ACCESS_READ, object, describe, arg});
}

void observe_announced(uint64_t value)
{
	struct context *c = exec_current->running;

	c->observed = digest_mix(c->observed, value);
}

void point_rest(uint64_t place, const uint64_t *values, unsigned nr)
{
	struct context *c = exec_current->running;

	if (direct())
		return;
	c->observed = digest_mix(place, nr);
	for (unsigned i = 0; i < nr; i++)
		c->observed = digest_mix(c->observed, values[i]);
	c->holds_rest = true;
	births_forget(exec_current, c);
}

void touch(uint64_t object, enum access_mode mode)
{
	struct step_log *log = &exec_current->log;

	if (direct())
		return;
	if (log->nr < STEP_TOUCH_MAX)
		log->touched[log->nr++] = (struct access){object, mode};
	else
		limit_reached("one step touches more than %d objects", STEP_TOUCH_MAX);
}

bool note_wanted(void)
{
	return exec_current->log.recording;
}

void note_always(const char *format, ...)
{
	struct step_log *log = &exec_current->log;
	size_t used;
	va_list args;

	if (!log->recording)
		return;
	used = strlen(log->note);
	if (used && used + 2 < sizeof(log->note)) {
		memcpy(log->note + used, "; ", 3);
		used += 2;
	}
	va_start(args, format);
	vsnprintf(log->note + used, sizeof(log->note) - used, format, args);
	va_end(args);
}

void event_about(enum event_kind kind, uint64_t where, uint64_t detail)
{
	struct exec *exec = exec_current;

	exec->event_detail = detail;
	if (exec->event)
		exec->event(exec->event_payload, kind, where);
}

void event(enum event_kind kind, uint64_t where)
{
	event_about(kind, where, 0);
}

void retired(void)
{
	exec_current->log.retired = true;
}

void violate(enum oracle oracle, const uint64_t *objects, unsigned nr, const char *format, ...)
{
	struct violation *v = &exec_current->violation;
	va_list args;

	if (v->found || !(exec_current->oracles >> oracle & 1))
		return;
	v->found = true;
	v->oracle = oracle;
	v->nr_objects = nr < VIOLATION_OBJECTS ? nr : VIOLATION_OBJECTS;
	if (v->nr_objects)
		memcpy(v->object, objects, v->nr_objects * sizeof(*objects));
	va_start(args, format);
	vsnprintf(v->text, sizeof(v->text), format, args);
	va_end(args);
}

void limit_reached(const char *format, ...)
{
	char *text = exec_current->limit;
	size_t used;
	va_list args;

	if (*text)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(exec_current->limit), format, args);
	va_end(args);
	used = strlen(text);
	snprintf(text + used, sizeof(exec_current->limit) - used,
		 ": the model has no room for that");
}

void context_die(void)
{
	struct context *c = exec_current->running;

	if (direct())
		longjmp(*exec_current->direct_end, 1);
	c->status = CONTEXT_DONE;
	c->pending = (struct pending){0};
	coroutine_yield(&c->co);
	__builtin_unreachable();
}

void exec_assume(bool condition)
{
	if (condition)
		return;
	exec_current->assumed_away = true;
	context_die();
}
