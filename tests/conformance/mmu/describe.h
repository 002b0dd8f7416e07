/* SPDX-License-Identifier: BSD-2-Clause */
/* Vectors and answers in words. */
#ifndef MMU_DESCRIBE_H
#define MMU_DESCRIBE_H

#include <stdio.h>

#include "model.h"

extern const char *const mmu_access_names[MMU_ACCESSES];

/* "#PF", "#GP", ..., "vector 33". The text lasts as long as the program. */
const char *mmu_exception_name(unsigned vector);

/* The @index-th vector, what the library expects and what the processor answered. */
void mmu_describe(FILE *to, unsigned index, const struct mmu_machine *machine,
		  const struct mmu_vector *v, const struct x86_walk *w,
		  const struct mmu_answer *expected, const struct mmu_answer *answer);

#endif
