/* SPDX-License-Identifier: BSD-2-Clause */
/* Which kernels the steps of the memory manager are built for. */
#ifndef KERNEL_BUILT_H
#define KERNEL_BUILT_H

#include "kernel/kernel.h"

#include <numasim/error.h>

/*
 * Only what lib/mm follows may run: no kernel is taken for another. 0; -ENOTSUP: its release is too
 * new, or differs from the plain one by a row that changes no step here.
 */
int kernel_check_built(const struct kernel *k, struct numasim_error *err);

/* Does a hint fault of @k move pages as that release does? (v3.8 to v3.13.) */
bool kernel_hint_migration_built(const struct kernel *k);

#endif
