/* SPDX-License-Identifier: BSD-2-Clause */
/* User instructions that touch memory. */
#ifndef MM_ACCESS_H
#define MM_ACCESS_H

#include "mm/mm.h"

/*
 * One load or store of 8 bytes at @va by the running task: through its TLB, the tables, the fault
 * handler, again and again until it completes. @place is where the program stands, for the
 * digest of a state at rest; @regs what it still knows. false: the task was killed by a signal.
 */
bool user_load(uint64_t va, uint64_t *value, uint64_t place, const uint64_t *regs, unsigned nr);
bool user_store(uint64_t va, uint64_t value, uint64_t place, const uint64_t *regs, unsigned nr);
/* Fetch an instruction there; nothing is executed. */
bool user_fetch(uint64_t va, uint64_t place, const uint64_t *regs, unsigned nr);

#endif
