/* SPDX-License-Identifier: BSD-2-Clause */
/* A few vectors out of many, for the recorded sample. */
#ifndef MMU_PICK_H
#define MMU_PICK_H

#include <stdbool.h>

#include "image.h"

/*
 * Mark @wanted answered vectors of @batch in @chosen (as long as the batch): up to half of them
 * because each tries a combination that those before it did not, the rest at even distances.
 * 0, -ENOMEM, or -EINVAL if there are fewer.
 */
int mmu_pick(bool *chosen, const struct mmu_batch *batch, unsigned wanted);

#endif
