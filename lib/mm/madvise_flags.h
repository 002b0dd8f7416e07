/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MM_MADVISE_FLAGS_H
#define MM_MADVISE_FLAGS_H

#include "mm/mm.h"

/* What *@vm_flags of @vma become by an advice that only changes flags. 0 or -EINVAL. */
int madvise_flags(const struct vm_area_struct *vma, int behavior, uint64_t *vm_flags);

#endif
