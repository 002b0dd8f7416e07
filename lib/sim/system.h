/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A system: a machine that is only ever run straight through, and its processes.
 *
 *	result = IN_PROCESS(process, sys_munmap(addr, len));
 *
 * runs kernel code on the process's CPU as the process's task. If the kernel oopses on the way, the
 * system is dead: system->machine->exec.violation says why, and every later call fails.
 */
#ifndef SIM_SYSTEM_H
#define SIM_SYSTEM_H

#include "machine/machine.h"
#include "mm/mm.h"
#include "sched/task.h"

#include <numasim/system_calls.h>

#include <errno.h>

struct numasim_process {
	struct numasim_process *next;
	struct numasim_system *system;
	struct task_struct *task;
	struct cpu *cpu;
	int signal; /* that its last failed access brought */
	struct fd_table *files; /* sim/files.h; NULL: nothing was opened yet */
};

struct numasim_system {
	struct numasim_machine *machine;
	struct numasim_topology *own_topology;
	struct numasim_process *processes;
	struct disk_name *disk; /* sim/files.h */
	numasim_event_fn *event; /* trace.c; NULL: nobody listens */
	void *event_payload;
	int next_pid;
	bool dead; /* the kernel oopsed */
};

/* Put the process's task on its CPU, as a context switch would. */
void process_enter(struct numasim_process *process);

/* @ret is what an access of the process came to: remember the signal that it would have brought. */
int process_accessed(struct numasim_process *process, int ret);

/* The CPU that the topology calls @id, or NULL. */
struct cpu *system_cpu(const struct numasim_system *system, unsigned id);

/* The value of @expr, a long, on CPU @cpu of @system, whoever runs there; -EFAULT if the kernel
 * oopsed in it, or was dead before. */
#define IN_SYSTEM(system, cpu, expr)                                                               \
	({                                                                                         \
		struct numasim_system *const in_system = (system);                                 \
		struct exec *const in_exec = &in_system->machine->exec;                            \
		volatile long in_value = -EFAULT;                                                  \
		jmp_buf in_end;                                                                    \
		struct exec *const in_outer = exec_direct_begin(in_exec, (cpu), &in_end);          \
                                                                                                   \
		if (in_system->dead) {                                                             \
			;                                                                          \
		} else if (!setjmp(in_end)) {                                                      \
			in_value = (expr);                                                         \
		} else {                                                                           \
			in_system->dead = true;                                                    \
		}                                                                                  \
		exec_direct_end(in_exec, in_outer);                                                \
		in_value;                                                                          \
	})

/* The same as the process, on its CPU. */
#define IN_PROCESS(process, expr)                                                                  \
	({                                                                                         \
		struct numasim_process *const in_process = (process);                              \
                                                                                                   \
		IN_SYSTEM(in_process->system, in_process->cpu->index,                              \
			  (process_enter(in_process), (expr)));                                    \
	})

#endif
