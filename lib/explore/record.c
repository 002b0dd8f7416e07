/* SPDX-License-Identifier: BSD-2-Clause */
#include "explore/record.h"

#include "exec/point.h"
#include "explore/relevant.h"
#include "x86/cpu.h"

#include <stdlib.h>
#include <string.h>

/* A processor between the walk and the access of one instruction takes no interrupt. */
#define OBJ_MID_INSTRUCTION(cpu) OBJECT(OBJ_CPU, (cpu)->index, 0x100)

static int fill_columns(struct record *record, const struct numasim_machine *m)
{
	record->nr_columns = m->exec.nr_contexts;
	record->column = calloc(record->nr_columns + 1, sizeof(*record->column));
	if (!record->column)
		return -ENOMEM;
	for (unsigned i = 0; i < record->nr_columns; i++) {
		const struct context *c = m->exec.context[i];
		struct record_column *column = &record->column[i];

		memcpy(column->name, c->name, sizeof(column->name));
		if (c->cpu < m->nr_cpus) {
			column->cpu = m->cpu[c->cpu].id;
			column->node = m->node[m->cpu[c->cpu].node].id;
		}
	}
	return 0;
}

int recorder_init(struct recorder *r, struct numasim_machine *m, const struct scene *scene,
		  uint32_t oracles)
{
	int ret = -ENOMEM;

	*r = (struct recorder){.m = m, .scene = scene, .last = -1};
	r->record = calloc(1, sizeof(*r->record));
	r->trail = malloc(sizeof(*r->trail));
	if (r->record && r->trail)
		ret = trail_init(r->trail, m, false);
	if (ret) {
		free(r->trail);
		record_free(r->record);
		return ret;
	}
	ret = fill_columns(r->record, m);
	m->exec.oracles = oracles;
	m->exec.log.recording = true;
	trail_rewind(r->trail);
	r->record->violation = m->exec.violation; /* something may break before the first step */
	if (ret)
		recorder_close(r, NULL);
	return ret;
}

void recorder_close(struct recorder *r, struct record **record)
{
	r->m->exec.log.recording = false;
	state_restore(&r->trail->root);
	exec_clear(&r->m->exec);
	trail_destroy(r->trail);
	free(r->trail);
	if (record)
		*record = r->record;
	else
		record_free(r->record);
	*r = (struct recorder){0};
}

void record_free(struct record *record)
{
	if (!record)
		return;
	for (unsigned i = 0; i < record->nr_steps; i++) {
		free(record->step[i].actor);
		free(record->step[i].object);
		free(record->step[i].note);
		free(record->step[i].access);
	}
	free(record->step);
	free(record->column);
	free(record->look);
	free(record);
}

/* ---- a step ---- */

static struct record_step *new_step(struct record *record)
{
	if (record->nr_steps == record->room_steps) {
		unsigned room = record->room_steps ? record->room_steps * 2 : 64;
		struct record_step *step = realloc(record->step, room * sizeof(*step));

		if (!step)
			return NULL;
		record->step = step;
		record->room_steps = room;
	}
	record->step[record->nr_steps] = (struct record_step){0};
	return &record->step[record->nr_steps++];
}

static int by_object(const void *a, const void *b)
{
	const struct access *x = a, *y = b;

	if (x->object != y->object)
		return x->object < y->object ? -1 : 1;
	return (x->mode == ACCESS_READ) - (y->mode == ACCESS_READ);
}

/* Each object once, as written if it is. */
static unsigned tidy(struct access *access, unsigned nr)
{
	unsigned kept = 0;

	qsort(access, nr, sizeof(*access), by_object);
	for (unsigned i = 0; i < nr; i++)
		if (access[i].object && (!kept || access[kept - 1].object != access[i].object))
			access[kept++] = access[i];
	return kept;
}

/* What was announced, what was touched, and what an interrupt has to wait for. */
static int keep_accesses(struct record_step *step, const struct exec *exec,
			 const struct announcement *a, const struct access *extra)
{
	unsigned nr = a->nr + exec->log.nr;

	step->access = malloc((nr + 1) * sizeof(*step->access));
	if (!step->access)
		return -ENOMEM;
	memcpy(step->access, a->access, a->nr * sizeof(*a->access));
	memcpy(step->access + a->nr, exec->log.touched, exec->log.nr * sizeof(*a->access));
	step->access[nr] = *extra;
	step->nr_accesses = tidy(step->access, nr + 1);
	return 0;
}

static struct cpu *cpu_of(const struct numasim_machine *m, unsigned actor)
{
	unsigned cpu;

	if (actor >= m->exec.nr_contexts)
		return m->exec.actor[actor].self;
	cpu = m->exec.context[actor]->cpu;
	return cpu < m->nr_cpus ? &m->cpu[cpu] : NULL;
}

static int name_step(struct record_step *step, struct numasim_machine *m,
		     const struct announcement *a)
{
	char actor[RECORD_NAME], object[RECORD_NAME];

	record_actor_name(m, step->choice.actor, actor, sizeof(actor));
	record_object_name(m, a, object, sizeof(object));
	step->kind = a->kind;
	step->named = a->object;
	step->actor = strdup(actor);
	step->object = strdup(object);
	return step->actor && step->object ? 0 : -ENOMEM;
}

int recorder_step(struct recorder *r, struct choice choice)
{
	struct choice enabled[EXEC_MAX_CHOICES];
	struct exec *exec = &r->m->exec;
	struct record_step *step = new_step(r->record);
	const struct cpu *cpu = cpu_of(r->m, choice.actor);
	unsigned nr = exec_choices(exec, enabled);
	struct access extra = {0};
	struct announcement a;
	bool mid;

	if (!step)
		return -ENOMEM;
	step->choice = choice;
	step->column = record_actor_column(r->m, choice.actor);
	step->is_cpu = exec->actor[choice.actor].is_cpu;
	step->preempts = is_preemption(exec, r->last, enabled, nr, choice);
	r->record->preemptions += step->preempts;
	if (step->is_cpu)
		r->last = choice.actor;
	exec_announce(exec, choice, &a);
	if (name_step(step, r->m, &a))
		return -ENOMEM;
	mid = cpu && cpu->mid_instruction;
	trail_step(r->trail, choice);
	if (cpu && (!step->is_cpu || mid != cpu->mid_instruction))
		extra = (struct access){OBJ_MID_INSTRUCTION(cpu),
					step->is_cpu ? ACCESS_WRITE : ACCESS_READ};
	step->note = strdup(exec->log.note);
	r->record->violation = exec->violation;
	return step->note ? keep_accesses(step, exec, &a, &extra) : -ENOMEM;
}

/* ---- the end ---- */

static int add_look(struct record *record, uint64_t object)
{
	struct access *look = realloc(record->look, (record->nr_looks + 1) * sizeof(*look));

	if (!look)
		return -ENOMEM;
	record->look = look;
	look[record->nr_looks++] = (struct access){object, ACCESS_READ};
	return 0;
}

/* What those who cannot move are waiting for. */
static int look_at_waits(struct recorder *r)
{
	struct exec *exec = &r->m->exec;
	int ret = 0;

	for (unsigned i = 0; i < exec->nr_contexts; i++) {
		struct announcement a;

		if (exec->context[i]->status != CONTEXT_LIVE)
			continue;
		exec_announce(exec, (struct choice){i, 0}, &a);
		for (unsigned k = 0; k < a.nr && !ret; k++)
			ret = add_look(r->record, a.access[k].object);
	}
	return ret;
}

/* What the failing look read, besides what its step touched. */
static int look_at_causes(struct recorder *r)
{
	const struct violation *v = &r->record->violation;
	int ret = 0;

	for (unsigned i = 0; v->found && i < v->nr_objects && !ret; i++)
		ret = add_look(r->record, v->object[i]);
	return ret;
}

int recorder_finish(struct recorder *r)
{
	struct choice choice[EXEC_MAX_CHOICES];
	struct exec *exec = &r->m->exec;
	const struct violation *v = &r->record->violation;
	int ret = 0;

	if (v->found)
		return look_at_causes(r);
	if (can_move(exec, choice, exec_choices(exec, choice)))
		return 0;
	exec_clear(exec);
	if (!exec_finished(exec))
		report_deadlock(r->m);
	else if (r->scene->judge)
		r->scene->judge(r->scene->self);
	r->record->violation = exec->violation;
	r->record->at_end = true;
	if (v->found && v->oracle == ORACLE_DEADLOCK)
		ret = look_at_waits(r);
	return ret ? ret : look_at_causes(r);
}

/* ---- a whole path ---- */

static bool is_possible(struct exec *exec, struct choice choice)
{
	struct choice enabled[EXEC_MAX_CHOICES];
	unsigned nr = exec_choices(exec, enabled);

	for (unsigned i = 0; i < nr; i++)
		if (enabled[i].actor == choice.actor &&
		    enabled[i].alternative == choice.alternative)
			return true;
	return false;
}

int record_path(struct record **record, struct numasim_machine *m, const struct scene *scene,
		uint32_t oracles, const struct choice *path, unsigned nr,
		struct numasim_error *err)
{
	struct recorder r;
	int ret = recorder_init(&r, m, scene, oracles);

	if (ret)
		return error_set(err, ret, "no memory to write down a run");
	for (unsigned i = 0; i < nr && !ret && !r.record->violation.found; i++) {
		if (is_possible(&m->exec, path[i]))
			ret = recorder_step(&r, path[i]);
		else
			ret = -EPROTO;
	}
	if (ret == -EPROTO)
		error_set(err, ret, "step %u of the run is not possible", r.record->nr_steps + 1);
	ret = ret ?: recorder_finish(&r) ?: relevant_mark(r.record);
	recorder_close(&r, ret ? NULL : record);
	return ret == -ENOMEM ? error_set(err, ret, "no memory to write down a run") : ret;
}
