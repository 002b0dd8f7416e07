/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands behind <numasim/program.h>: a machine at its root, and who will run on it. Contexts
 * become the machine's only for the time of a search.
 */
#ifndef EXPLORE_PROGRAM_H
#define EXPLORE_PROGRAM_H

#include "explore/search.h"
#include "x86/cpu.h"

#include <numasim/program.h>

struct program_context {
	char name[sizeof(((struct context *)0)->name)];
	void (*fn)(void *payload);
	void *payload;
	unsigned cpu; /* index in the machine */
};

/* A processor of the topology. */
struct program_cpu {
	unsigned id;
	unsigned node; /* index in the machine */
};

struct numasim_program {
	struct numasim_machine *m;
	struct program_cpu *cpu;
	unsigned nr_cpus;
	struct program_context context[NUMASIM_PROGRAM_CONTEXTS];
	unsigned nr_contexts;
	void (*check)(void *payload);
	void *check_payload;
	struct scene scene;
	unsigned walker_budget;
	bool walk_is_step;
	uint32_t next_pid;
	char kernel[256];
	char machine[64];
};

/* Find a free processor for @seat, bring it into the machine and load the seat's address space. */
int program_sit(unsigned *cpu, struct numasim_program *program, const struct numasim_seat *seat,
		struct numasim_error *err);

/* Is @mm an address space of the program? */
bool program_has_mm(const struct numasim_program *program, const struct mm_struct *mm);

#endif
