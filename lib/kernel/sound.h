/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Could the kernel have made this entry? Not whether it is right: which bits an entry of its kind
 * never has. Of user space, and of what lib/mm has: no userfaultfd, no device memory, no protection
 * keys, and the write-back memory type only.
 */
#ifndef KERNEL_SOUND_H
#define KERNEL_SOUND_H

#include "kernel/entry.h"

/*
 * The bits of @entry, which stands in a table of @level, that do not fit the rest of it; 0: it is
 * sound. Kinds:
 *
 *   table          P RW US A D and a frame, or that as a hint (to v3.19)
 *   page           P US, never G; rights, A, D and marks; a frame of its size
 *   no access      P clear; PROT_NONE, a hint, or a huge page that is being split
 *   swap entry     P clear; a type that lib/mm has, its offset, marks
 */
uint64_t kernel_entry_stray(const struct kernel *k, uint64_t entry, unsigned level);

#endif
