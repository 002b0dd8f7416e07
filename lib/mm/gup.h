/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * get_user_pages(), the slow way (mm/gup.c, mm/memory.c before v3.16): finds the page behind a user
 * address, faulting it in until it may be used as asked, and takes a reference.
 */
#ifndef MM_GUP_H
#define MM_GUP_H

#include "mm/entry.h"

enum foll_flags {
	FOLL_WRITE = 1 << 0, /* the page will be written */
	FOLL_GET = 1 << 1,   /* a reference */
	FOLL_PIN = 1 << 2,   /* v5.6+: a pin */
	FOLL_FORCE = 1 << 3, /* whatever the VMA's rights (ptrace, /proc/PID/mem) */
	FOLL_TOUCH = 1 << 4,
	FOLL_NUMA = 1 << 5,  /* hints are faults */
};

/* One page of @mm, which may be another's, mmap_sem held for reading. 0; -EFAULT, -ENOMEM. */
int get_user_page(struct page **page, struct mm_struct *mm, uint64_t address, unsigned foll_flags);
void put_user_page(struct page *page, unsigned foll_flags);

/* Read, write 8 bytes of another's memory, as /proc/PID/mem does. 0, -EIO, -EFAULT. */
int access_remote_word(struct mm_struct *mm, uint64_t address, uint64_t *value, bool write);

#endif
