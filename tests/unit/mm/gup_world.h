/* SPDX-License-Identifier: BSD-2-Clause */
/* A system with process P, and calls that must succeed. */
#ifndef GUP_WORLD_H
#define GUP_WORLD_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "mm/bits.h"
#include "mm/gup.h"
#include "mm/mprotect.h"
#include "mm/page.h"
#include "sim/system.h"

#include <fcntl.h>
#include <numasim/system_calls.h>
#include <sys/mman.h>

#define PAGE UINT64_C(4096)
#define HUGE (PAGE * 512)

struct gup_world {
	struct numasim_system *system;
	struct numasim_process *p;
	const char *release;
};

static inline void world_open(struct gup_world *w, const char *release, enum numasim_thp thp)
{
	const struct numasim_system_options options = {.release = release, .thp = thp};
	struct numasim_error err = {0};

	w->release = release;
	if (numasim_system_create(&w->system, &options, &err) ||
	    numasim_process_create(&w->p, w->system, "P", 0, &err))
		fail_msg("%s: %s", release, err.text);
}

/* The books are in order, and the system is taken down. */
static inline void world_close(struct gup_world *w)
{
	struct numasim_error err = {0};

	if (numasim_system_audit(w->system, &err))
		fail_msg("%s: %s", w->release, err.text);
	numasim_system_free(w->system);
}

static inline uint64_t world_anon(struct gup_world *w, uint64_t bytes, int prot)
{
	long at = numasim_sys_mmap(w->p, 0, bytes, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(at > 0);
	return (uint64_t)at;
}

/* A file of one page of zeroes, open for reading and writing. */
static inline int world_file(struct gup_world *w)
{
	int fd = (int)numasim_sys_open(w->p, "/f", O_RDWR | O_CREAT);

	assert_true(fd >= 0);
	assert_int_equal(numasim_sys_ftruncate(w->p, fd, PAGE), 0);
	return fd;
}

static inline uint64_t world_map_file(struct gup_world *w, int fd, int prot, int flags)
{
	long at = numasim_sys_mmap(w->p, 0, PAGE, prot, flags, fd, 0);

	assert_true(at > 0);
	return (uint64_t)at;
}

static inline struct numasim_process *world_fork(struct gup_world *w)
{
	struct numasim_process *child;

	assert_int_equal(numasim_fork(&child, w->p, "Q", NULL), 0);
	return child;
}

static inline uint64_t world_load(struct numasim_process *process, uint64_t at)
{
	uint64_t value;

	assert_int_equal(numasim_process_load(&value, process, at), 0);
	return value;
}

static inline uint64_t world_dma(struct numasim_process *process, uint64_t at)
{
	uint64_t value;

	assert_int_equal(numasim_dma_read(process, &value, process, at), 0);
	return value;
}

/* The entry that decides about @at: a PTE, or the PMD of a huge page. */
static inline uint64_t world_entry(struct numasim_process *process, uint64_t at)
{
	struct numasim_entries e;

	numasim_process_entries(&e, process, at);
	return e.pte ? e.pte : e.pmd;
}

static inline struct page *world_page(struct numasim_process *process, uint64_t at)
{
	struct numasim_machine *m = process->system->machine;
	uint64_t entry = world_entry(process, at);

	return pfn_to_page(m, kernel_pte_pfn(m->kernel, entry));
}

static inline uint64_t world_count(struct gup_world *w, const char *name)
{
	uint64_t value;

	assert_int_equal(numasim_vmstat(&value, w->system, name), 0);
	return value;
}

/* Memory with 1 in its first word. */
static inline uint64_t world_written_page(struct gup_world *w)
{
	uint64_t at = world_anon(w, PAGE, PROT_READ | PROT_WRITE);

	assert_int_equal(numasim_process_store(w->p, at, 1), 0);
	return at;
}

static inline bool world_has(const struct gup_world *w, enum kernel_row row)
{
	return kernel_has(w->system->machine->kernel, row);
}

#endif
