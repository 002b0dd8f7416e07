/* SPDX-License-Identifier: BSD-2-Clause */
/* move_pages(2) without nodes: where is each page? mm/migrate.c, do_pages_stat(). */
#ifndef MM_PAGES_STAT_H
#define MM_PAGES_STAT_H

#include <stdint.h>

/* The id of the node of the running task's page at @address; -ENOENT, -EFAULT. */
long page_status(uint64_t address);

#endif
