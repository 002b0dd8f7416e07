/* SPDX-License-Identifier: BSD-2-Clause */
/* Which processor a program's context runs on. */
#include "explore/initial.h"
#include "explore/program.h"
#include "mm/mm_life.h"
#include "mm/switch.h"

#define FIRST_PID 1001

/* The machine's processor @id if it has been used before, or NULL. */
static struct cpu *used_before(const struct numasim_program *p, unsigned id)
{
	for (unsigned i = 0; i < p->m->nr_cpus; i++)
		if (p->m->cpu[i].id == id)
			return &p->m->cpu[i];
	return NULL;
}

static bool is_taken(const struct numasim_program *p, unsigned id)
{
	const struct cpu *cpu = used_before(p, id);

	for (unsigned i = 0; cpu && i < p->nr_contexts; i++)
		if (p->context[i].cpu == cpu->index)
			return true;
	return false;
}

static bool node_exists(const struct numasim_program *p, unsigned id)
{
	return machine_node_index(p->m, id) >= 0;
}

/* Does @seat allow this processor? */
static bool allows(const struct numasim_program *p, const struct numasim_seat *seat,
		   const struct program_cpu *cpu)
{
	if (seat->where == NUMASIM_SEAT_NODE)
		return p->m->node[cpu->node].id == seat->id;
	return seat->where == NUMASIM_SEAT_ANY || cpu->id == seat->id;
}

static int no_seat(const struct numasim_program *p, const struct numasim_seat *seat, bool taken,
		   struct numasim_error *err)
{
	if (seat->where == NUMASIM_SEAT_CPU && taken)
		return error_set(err, -EBUSY, "CPU %u is taken by another context", seat->id);
	if (seat->where == NUMASIM_SEAT_CPU)
		return error_set(err, -ENOENT, "the machine has no CPU %u", seat->id);
	if (seat->where == NUMASIM_SEAT_NODE && !node_exists(p, seat->id))
		return error_set(err, -ENOENT, "the machine has no node %u", seat->id);
	if (seat->where == NUMASIM_SEAT_NODE)
		return error_set(err, -ENOENT, "node %u has no free CPU", seat->id);
	return error_set(err, -ENOENT, "the machine has no free CPU");
}

static int find_cpu(const struct program_cpu **found, const struct numasim_program *p,
		    const struct numasim_seat *seat, struct numasim_error *err)
{
	bool taken = false;

	for (unsigned i = 0; i < p->nr_cpus; i++) {
		if (!allows(p, seat, &p->cpu[i]))
			continue;
		taken = is_taken(p, p->cpu[i].id);
		if (!taken) {
			*found = &p->cpu[i];
			return 0;
		}
	}
	return no_seat(p, seat, taken, err);
}

/* A thread of @mm on @cpu. Another one's tables stay known to the address space they belong to. */
static int load_mm(struct numasim_program *p, struct cpu *cpu, struct mm_struct *mm)
{
	struct task_struct *task;

	if (cpu->mm == mm)
		return 0;
	task = task_create(p->m, mm, FIRST_PID + p->next_pid++);
	if (!task)
		return -ENOMEM;
	mm_join(p->m, mm, task);
	task_start(p->m, task, cpu);
	initial_nodes(p->m, mm);
	return 0;
}

int program_sit(unsigned *index, struct numasim_program *p, const struct numasim_seat *seat,
		struct numasim_error *err)
{
	static const struct numasim_seat anywhere;
	const struct numasim_seat *s = seat ? seat : &anywhere;
	const struct program_cpu *place = NULL;
	struct cpu *cpu;
	int ret;

	if (s->where != NUMASIM_SEAT_ANY && s->where != NUMASIM_SEAT_NODE &&
	    s->where != NUMASIM_SEAT_CPU)
		return error_set(err, -EINVAL, "a seat is anywhere, on a node or on a CPU");
	if (s->mm && !program_has_mm(p, s->mm))
		return error_set(err, -EINVAL, "that address space is not the program's");
	ret = find_cpu(&place, p, s, err);
	if (ret)
		return ret;
	cpu = used_before(p, place->id);
	if (!cpu) {
		ret = cpu_add(p->m, &cpu, place->id, place->node);
		if (ret)
			return error_set(err, ret, "no memory for CPU %u, or %d CPUs are used",
					 place->id, CPU_MAX);
		cpu->walker_budget = p->walker_budget;
	}
	ret = s->mm ? load_mm(p, cpu, s->mm) : 0;
	if (ret)
		return error_set(err, ret, "no memory for another thread");
	*index = cpu->index;
	return 0;
}
