/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls of functions on other processors (kernel/smp.c), by interrupt. The function runs as one
 * step, without points, with interrupts off there; struct ipi says what it is given.
 *
 *	smp_call_function_many(mask, &(struct ipi){.fn = fn, .start = 7}, true);
 */
#ifndef SCHED_SMP_H
#define SCHED_SMP_H

#include "x86/cpu.h"

/* On all processors of @mask (bits by index) but this one. @wait: until all have run. A processor
 * that still owes this one an earlier call is waited for first. */
void smp_call_function_many(uint64_t mask, const struct ipi *call, bool wait);

/* On one, which may be this one. */
void smp_call_function_single(struct cpu *target, const struct ipi *call, bool wait);

/* On all processors of @mask, this one included, that @cond (NULL: all) says yes to. */
void on_each_cpu_cond_mask(uint64_t mask, bool (*cond)(const struct cpu *cpu, const void *arg),
			   const void *arg, const struct ipi *call, bool wait);

#endif
