/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/files.h"
#include "sim/system.h"

#include "check/check.h"
#include "check/stored.h"
#include "kernel/built.h"
#include "kernel/public.h"
#include "mm/access.h"
#include "mm/entry.h"
#include "mm/mm_life.h"
#include "mm/switch.h"
#include "mm/zone.h"
#include "numa/numa.h"

#include <numasim/release.h>

#include "machine/topology.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The machine of a system that names none. */
#define DEFAULT_NODES  2
#define DEFAULT_CPUS   2 /* of each node */
#define DEFAULT_MEMORY (UINT64_C(1) << 30)
#define DEFAULT_RELEASE "debian-6.12.117"
#define CLOCK_START	10000 /* ms since boot */
#define FIRST_PID	1001

static int add_cpus(struct numasim_machine *m, const struct numasim_topology *topology)
{
	const unsigned *id;
	struct cpu *cpu;
	size_t nr;
	int ret;

	numasim_topology_cpus(&id, &nr, topology);
	ret = cpu_init(m, nr);
	for (size_t i = 0; i < nr && !ret; i++) {
		unsigned node = 0;

		numasim_topology_cpu_node(&node, topology, id[i]);
		ret = cpu_add(m, &cpu, id[i], machine_node_index(m, node));
	}
	return ret;
}

static int set_kernel(struct numasim_machine *m, const char *release, struct numasim_error *err)
{
	struct numasim_kernel *kernel;
	int ret = numasim_kernel_open(&kernel, release ? release : DEFAULT_RELEASE, NULL, 0, NULL,
				      0, err);

	if (ret)
		return ret;
	ret = kernel_check_built(&kernel->kernel, err);
	if (ret) {
		numasim_kernel_close(kernel);
		return ret;
	}
	m->kernel = arena_alloc(m->arena, sizeof(*m->kernel));
	if (m->kernel)
		*m->kernel = kernel->kernel;
	numasim_kernel_close(kernel);
	return m->kernel ? 0 : error_set(err, -ENOMEM, "no memory for a kernel");
}

/* For what the oracles say: whose address. */
static void name_address(void *machine, uint32_t mm, uint64_t va, char *text, size_t size)
{
	const struct mm_struct *of = mm_by_name(machine, mm);

	snprintf(text, size, "%s:%#llx", of ? of->label : "?", (unsigned long long)va);
}

static int boot(struct numasim_system *s, const struct numasim_system_options *options,
		struct numasim_error *err)
{
	static const enum thp_mode thp[] = {
		[NUMASIM_THP_ALWAYS] = THP_ALWAYS,
		[NUMASIM_THP_MADVISE] = THP_MADVISE,
		[NUMASIM_THP_NEVER] = THP_NEVER,
	};
	const struct numasim_topology *topology = options->topology;
	struct numasim_machine *m;
	int ret;

	if (!topology) {
		topology = s->own_topology = topology_plain(DEFAULT_NODES, DEFAULT_CPUS,
							    DEFAULT_MEMORY);
		if (!topology)
			return error_set(err, -ENOMEM, "no memory for a system");
	}
	if ((unsigned)options->thp > NUMASIM_THP_NEVER)
		return error_set(err, -EINVAL, "thp is none of enum numasim_thp");
	ret = machine_create(&s->machine, topology, err) ?:
	      set_kernel(s->machine, options->release, err);
	if (ret)
		return ret;
	m = s->machine;
	ret = add_cpus(m, topology);
	if (ret == -EINVAL)
		return error_set(err, ret, "a system has %d CPUs at most", CPU_ROOM);
	ret = ret ?: mm_init(m) ?: numa_init(m) ?: (options->watch ? check_init_system(m) : 0);
	if (ret)
		return error_set(err, ret, "no memory for a system");
#ifdef NUMASIM_CHECKS
	check_stored_entries(m);
#endif
	zones_enable_pcp(m);
	m->exec.oracles = ORACLE_ALL;
	m->exec.address_name = name_address;
	m->content->bytes = &m->phys;
	m->mm->thp = thp[options->thp];
	*m->clock = CLOCK_START;
	return 0;
}

int numasim_system_create(struct numasim_system **system,
			  const struct numasim_system_options *options, struct numasim_error *err)
{
	static const struct numasim_system_options none;
	struct numasim_system *s = calloc(1, sizeof(*s));
	int ret;

	if (!s)
		return error_set(err, -ENOMEM, "no memory for a system");
	s->next_pid = FIRST_PID;
	ret = boot(s, options ? options : &none, err);
	if (ret) {
		numasim_system_free(s);
		return ret;
	}
	*system = s;
	return 0;
}

void numasim_system_free(struct numasim_system *s)
{
	if (!s)
		return;
	files_forget(s);
	for (struct numasim_process *p = s->processes, *next; p; p = next) {
		next = p->next;
		files_leave(p);
		free(p);
	}
	machine_destroy(s->machine);
	numasim_topology_free(s->own_topology);
	free(s);
}

struct cpu *system_cpu(const struct numasim_system *system, unsigned id)
{
	const struct numasim_machine *m = system->machine;

	for (unsigned i = 0; i < m->nr_cpus; i++)
		if (m->cpu[i].id == id)
			return &m->cpu[i];
	return NULL;
}

int numasim_process_create(struct numasim_process **process, struct numasim_system *s,
			   const char *name, unsigned cpu, struct numasim_error *err)
{
	size_t length = name ? strlen(name) : 0;
	struct cpu *on = system_cpu(s, cpu);
	struct numasim_process *p;
	struct mm_struct *mm;

	if (!length || length >= sizeof(mm->label))
		return error_set(err, -EINVAL, "a process's name has 1 to %zu bytes",
				 sizeof(mm->label) - 1);
	if (!on)
		return error_set(err, -ENOENT, "the machine has no CPU %u", cpu);
	p = calloc(1, sizeof(*p));
	if (!p || mm_create(s->machine, &mm, name)) {
		free(p);
		return error_set(err, -ENOMEM, "no memory for a process");
	}
	*p = (struct numasim_process){.next = s->processes, .system = s, .cpu = on};
	p->task = task_create(s->machine, mm, s->next_pid);
	if (!p->task) {
		mm_undo_create(s->machine, mm);
		free(p);
		return error_set(err, -ENOMEM, "no memory for a process");
	}
	mm_join(s->machine, mm, p->task);
	s->next_pid++;
	s->processes = p;
	*process = p;
	return 0;
}

int numasim_process_id(const struct numasim_process *process)
{
	return process->task->pid;
}

void process_enter(struct numasim_process *p)
{
	context_switch(p->task);
}

int process_accessed(struct numasim_process *process, int ret)
{
	const struct task_struct *task = process->task;

	if (ret == -EFAULT && !process->system->dead)
		process->signal = task->out_of_memory ? SIGKILL :
				  task->bus_error ? SIGBUS : SIGSEGV;
	return ret;
}

int numasim_process_signal(const struct numasim_process *process)
{
	return process->signal;
}

int numasim_process_store(struct numasim_process *process, uint64_t address, uint64_t value)
{
	if (address % 8)
		return -EINVAL;
	return process_accessed(process, (int)IN_PROCESS(
			process, user_store(address, value, 0, NULL, 0) ? 0 : -EFAULT));
}

int numasim_process_load(uint64_t *value, struct numasim_process *process, uint64_t address)
{
	if (address % 8)
		return -EINVAL;
	return process_accessed(process, (int)IN_PROCESS(
			process, user_load(address, value, 0, NULL, 0) ? 0 : -EFAULT));
}

void numasim_process_entries(struct numasim_entries *entries,
			     const struct numasim_process *process, uint64_t address)
{
	struct numasim_machine *m = process->system->machine;
	uint64_t *out[] = {NULL, &entries->pte, &entries->pmd, &entries->pud, &entries->pgd};

	*entries = (struct numasim_entries){0};
	for (unsigned level = 4; level; level--) {
		const uint64_t *entry = entry_find(m, process->task->mm, address, level);

		if (!entry)
			return;
		*out[level] = *entry;
	}
}
