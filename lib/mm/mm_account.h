/* SPDX-License-Identifier: BSD-2-Clause */
/* What an address space may have, and what it has: limits and counters of its mappings. */
#ifndef MM_MM_ACCOUNT_H
#define MM_MM_ACCOUNT_H

#include "mm/mm.h"

/* RLIMIT_AS, and RLIMIT_DATA from v4.5 on. */
bool may_expand_vm(const struct mm_struct *mm, uint64_t vm_flags, uint64_t pages);

/* @pages more (or less) mapped with @vm_flags: total_vm and its parts. */
void vm_stat_account(struct mm_struct *mm, uint64_t vm_flags, int64_t pages);

/* Overcommit, mode 0: is a promise of @pages more not absurd? */
bool vm_enough_memory(uint64_t pages);

/* Must a mapping be counted in that promise? */
bool accountable_mapping(const struct file *file, uint64_t vm_flags);

/* May @bytes more be locked, if @vm_flags say that they would be? */
bool mlock_future_ok(const struct mm_struct *mm, uint64_t vm_flags, uint64_t bytes);

/* May anything be locked at all? */
bool can_do_mlock(const struct mm_struct *mm);

#endif
