/* SPDX-License-Identifier: BSD-2-Clause */
/* A process whose life is read from a trace, and a model of its pages that knows no VMAs. */
#ifndef STRACE_WORLD_H
#define STRACE_WORLD_H

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "mm/abi.h"
#include "mm/file.h"
#include "mm/syscalls.h"
#include "sim/system.h"

#define MAX_PAGES 16384
#define MAX_FILES 128

/* One page as the calls imply it. */
struct implied {
	uint64_t address;
	unsigned prot;
	bool shared, file;
};

struct strace_world {
	struct numasim_system *system;
	struct numasim_process *p;
	struct implied page[MAX_PAGES];
	size_t nr_pages;
	struct file *file[MAX_FILES];
	size_t nr_files;
	uint64_t brk;
	bool as_told; /* MAP_FIXED where the kernel chose */
	unsigned calls, chosen;
};

static inline struct mm_struct *mm_of(const struct strace_world *w)
{
	return w->p->task->mm;
}

static inline struct implied *implied_at(struct strace_world *w, uint64_t address)
{
	for (size_t i = 0; i < w->nr_pages; i++)
		if (w->page[i].address == address)
			return &w->page[i];
	return NULL;
}

static inline void imply(struct strace_world *w, uint64_t start, uint64_t end, struct implied what)
{
	for (uint64_t at = start; at < end; at += FRAME_SIZE) {
		struct implied *page = implied_at(w, at);

		if (!page) {
			assert_true(w->nr_pages < MAX_PAGES);
			page = &w->page[w->nr_pages++];
		}
		*page = what;
		page->address = at;
	}
}

static inline void imply_nothing(struct strace_world *w, uint64_t start, uint64_t end)
{
	for (uint64_t at = start; at < end; at += FRAME_SIZE) {
		struct implied *page = implied_at(w, at);

		if (page)
			*page = w->page[--w->nr_pages];
	}
}

#endif
