/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes and threads of a system: where they come from, where they run, how they go. */
#include "mm/mm_life.h"
#include "mm/switch.h"
#include "sim/files.h"
#include "sim/system.h"

#include <stdlib.h>
#include <string.h>

static bool bad_name(const char *name)
{
	size_t length = name ? strlen(name) : 1;

	return !length || length >= sizeof(((struct mm_struct *)NULL)->label);
}

static int refuse_name(struct numasim_error *err)
{
	return error_set(err, -EINVAL, "a process's name has 1 to %zu bytes",
			 sizeof(((struct mm_struct *)NULL)->label) - 1);
}

/* What a call that can also end in an oops came to. */
static int outcome(const struct numasim_system *s, long ret, const char *what,
		   struct numasim_error *err)
{
	if (s->dead)
		return error_set(err, -EFAULT, "the system is dead: %s",
				 s->machine->exec.violation.text);
	return ret ? error_set(err, ret, "no memory for %s", what) : 0;
}

static void forget(struct numasim_process *p)
{
	struct numasim_process **at = &p->system->processes;

	files_leave(p);
	while (*at && *at != p)
		at = &(*at)->next;
	if (*at)
		*at = p->next;
	free(p);
}

/* A handle without a task, that has what @parent has open. NULL: no memory. */
static struct numasim_process *handle(const struct numasim_process *parent, struct cpu *cpu,
				      bool thread)
{
	struct numasim_process *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	*p = (struct numasim_process){.next = parent->system->processes,
				      .system = parent->system, .cpu = cpu};
	if (files_inherit(p, parent, thread)) {
		free(p);
		return NULL;
	}
	p->system->processes = p;
	return p;
}

static int child_of(struct numasim_process **out, struct numasim_process *parent, struct cpu *cpu,
		    unsigned flags, const char *name, struct numasim_error *err)
{
	struct numasim_system *s = parent->system;
	struct numasim_process *p = handle(parent, cpu, flags & FORK_THREAD);
	int ret;

	if (!p)
		return error_set(err, -ENOMEM, "no memory for a process");
	ret = outcome(s, IN_PROCESS(parent, do_fork(&p->task, flags, s->next_pid, name)),
		      "a process", err);
	if (ret) {
		forget(p);
		return ret;
	}
	s->next_pid++;
	*out = p;
	return 0;
}

int numasim_fork(struct numasim_process **child, struct numasim_process *parent, const char *name,
		 struct numasim_error *err)
{
	if (bad_name(name))
		return refuse_name(err);
	return child_of(child, parent, parent->cpu, 0, name, err);
}

int numasim_thread(struct numasim_process **thread, struct numasim_process *process, unsigned cpu,
		   struct numasim_error *err)
{
	struct cpu *on = system_cpu(process->system, cpu);

	if (!on)
		return error_set(err, -ENOENT, "the machine has no CPU %u", cpu);
	return child_of(thread, process, on, FORK_VM | FORK_THREAD, NULL, err);
}

static int exec_in(struct numasim_process *process, const char *label)
{
	return IN_PROCESS(process, do_exec(label));
}

int numasim_exec(struct numasim_process *process, const char *name, struct numasim_error *err)
{
	int ret;

	if (bad_name(name))
		return refuse_name(err);
	ret = exec_in(process, name ? name : process->task->mm->label);
	if (ret == -EAGAIN)
		return error_set(err, ret, "a process with other threads cannot exec: let them "
				 "exit first");
	return outcome(process->system, ret, "an address space", err);
}

static int end_task(void)
{
	do_exit();
	return 0;
}

int numasim_exit(struct numasim_process *process)
{
	int ret = IN_PROCESS(process, end_task());

	forget(process);
	return ret;
}

static int rest(void)
{
	context_switch(cpu_idle_task(this_cpu()));
	return 0;
}

int numasim_sleep(struct numasim_process *process)
{
	if (process->cpu->task != process->task)
		return process->system->dead ? -EFAULT : 0;
	return IN_PROCESS(process, rest());
}

int numasim_move(struct numasim_process *process, unsigned cpu)
{
	struct cpu *on = system_cpu(process->system, cpu);
	int ret;

	if (!on)
		return -ENOENT;
	if (on == process->cpu)
		return 0;
	ret = numasim_sleep(process);
	if (!ret)
		process->cpu = on;
	return ret;
}
