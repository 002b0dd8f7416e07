/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Read-copy-update (kernel/rcu/tree.c, without preemption): who reads says where it begins and
 * ends; who takes something away waits until all that may still see it have ended.
 *
 *	reader			   writer
 *	rcu_read_lock()
 *	p = shared_read64(...)	   shared_write64(..., NULL)
 *	use p			   synchronize_rcu()	  waits for this reader,
 *	rcu_read_unlock()	   free p		  not for one that begins later
 *
 * A grace period waits for exactly the sections that were open when it began, so nothing is kept
 * longer than the kernel may keep it. A section belongs to the processor: it must not switch tasks.
 */
#ifndef SCHED_RCU_H
#define SCHED_RCU_H

#include "x86/cpu.h"

void rcu_read_lock(void);
void rcu_read_unlock(void);

/* Wait for a grace period. Not in a section of one's own: that is a deadlock. */
void synchronize_rcu(void);

/* The scheduler's note: a task switch in a section is a bug of the caller, an oops. */
void rcu_note_context_switch(void);

#endif
