/* SPDX-License-Identifier: BSD-2-Clause */
/* A small system with one process on CPU 0 of node 0; CPU 2 is on node 1. */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>

#include <numasim/numasim.h>

#include "machine/topology.h"

#define RW  (PROT_READ | PROT_WRITE)
#define PG  UINT64_C(4096)
#define HPG (512 * PG)

struct sim_world {
	struct numasim_topology *topology;
	struct numasim_system *system;
	struct numasim_process *p;
	struct numasim_error err;
};

static inline void sim_open(struct sim_world *w, const char *release, enum numasim_thp thp)
{
	struct numasim_system_options options = {.release = release, .thp = thp};

	memset(w, 0, sizeof(*w));
	w->topology = topology_plain(2, 2, UINT64_C(128) << 20);
	assert_non_null(w->topology);
	options.topology = w->topology;
	if (numasim_system_create(&w->system, &options, &w->err) ||
	    numasim_process_create(&w->p, w->system, "P", 0, &w->err))
		fail_msg("%s", w->err.text);
}

static inline void sim_close(struct sim_world *w)
{
	if (numasim_system_audit(w->system, &w->err))
		fail_msg("%s", w->err.text);
	numasim_system_free(w->system);
	numasim_topology_free(w->topology);
}

static inline uint64_t sim_map(struct sim_world *w, uint64_t bytes, int prot)
{
	long at = numasim_sys_mmap(w->p, 0, bytes, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(at > 0);
	return (uint64_t)at;
}

static inline uint64_t sim_word(struct sim_world *w, uint64_t at)
{
	uint64_t word = 0;

	assert_int_equal(numasim_process_load(&word, w->p, at), 0);
	return word;
}

static inline uint64_t sim_counter(struct sim_world *w, const char *name)
{
	uint64_t value = 0;

	if (numasim_vmstat(&value, w->system, name))
		fail_msg("no counter %s", name);
	return value;
}

#endif
