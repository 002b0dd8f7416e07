/* SPDX-License-Identifier: BSD-2-Clause */
/* Can the comparison fail? */
#ifndef MMU_SELFTEST_H
#define MMU_SELFTEST_H

#include <stdio.h>

#include "image.h"

/*
 * Damage the answers of @batch, one field at a time, and the machine and control bits that the
 * library is told of: each must be noticed. Prints a line per kind of damage on @to. The number of
 * kinds that were not noticed as they should; -ENOMEM.
 */
int mmu_selftest(const struct mmu_batch *batch, FILE *to);

#endif
