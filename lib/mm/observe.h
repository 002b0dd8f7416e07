/* SPDX-License-Identifier: BSD-2-Clause */
/* Telling the oracles (machine/observer.h) what a system call does to a range. */
#ifndef MM_OBSERVE_H
#define MM_OBSERVE_H

#include "mm/mm.h"

static inline void discard_begin(const struct mm_struct *mm, uint64_t start, uint64_t end,
				 enum discard_how how)
{
	struct observer *o = &current_machine()->observer;

	if (o->discard_begin)
		o->discard_begin(o->self, mm->name, start, end, how);
}

static inline void discard_end(const struct mm_struct *mm, uint64_t start, uint64_t end,
			       enum discard_how how)
{
	struct observer *o = &current_machine()->observer;

	if (o->discard_end)
		o->discard_end(o->self, mm->name, start, end, how);
}

#endif
