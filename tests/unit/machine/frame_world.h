/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine of three small nodes, nothing but memory. */
#ifndef FRAME_WORLD_H
#define FRAME_WORLD_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "machine/machine.h"
#include "machine/topology.h"

#define MIB UINT64_C(0x100000)

/* Nodes 0, 3 and 9: 8 MiB, none at all, and 5 MiB, of which 4 are whole blocks. */
static inline struct numasim_topology *small_topology(void)
{
	struct numasim_topology *t = topology_new(3, 1, 0);

	assert_non_null(t);
	t->node_id[1] = 3;
	t->node_id[2] = 9;
	t->memory[0] = 8 * MIB;
	t->memory[2] = 5 * MIB;
	for (int i = 1; i <= 3; i++)
		t->first_cpu[i] = 1;
	topology_default_distances(t);
	return t;
}

static inline int setup(void **state)
{
	struct numasim_topology *t = small_topology();
	struct numasim_error err = {0};
	struct numasim_machine *m;

	if (machine_create(&m, t, &err))
		fail_msg("%s", err.text);
	numasim_topology_free(t);
	exec_current = &m->exec; /* frames name what they hold by birth */
	*state = m;
	return 0;
}

static inline int teardown(void **state)
{
	exec_current = NULL;
	machine_destroy(*state);
	return 0;
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

#endif
