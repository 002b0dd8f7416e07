/* SPDX-License-Identifier: BSD-2-Clause */
/* mmap(), between what was asked for and what becomes of it. */
#ifndef MM_MMAP_FLAGS_H
#define MM_MMAP_FLAGS_H

#include "mm/mm.h"

struct mmap_request {
	struct mm_struct *mm;
	uint64_t addr, len;
	unsigned long prot, flags;
	struct file *file;
	uint64_t pgoff;
	uint64_t vm_flags;
};

/* The flags that follow from the arguments alone, and from what the address space locks. */
uint64_t mmap_vm_flags(const struct mmap_request *r);

/* Those that follow from the type of mapping and its file, added to r->vm_flags; r->pgoff is set
 * for memory without a file. 0; -EINVAL, -EACCES, -EOVERFLOW, -EOPNOTSUPP. */
int mmap_type_flags(struct mmap_request *r);

#endif
