/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FUZZ_TOPOLOGY_CHILD_H
#define FUZZ_TOPOLOGY_CHILD_H

#include <stdbool.h>

/*
 * Start the nurseries (fuzz_topology_nursery.h): the one with sanitizers, and the lean one if
 * NUMASIM_FUZZ_NURSERY names its program. To be called once, before the fuzzer grows.
 */
void fuzz_topology_nursery_open(void);

/* Whether the next children come from the nursery with sanitizers, if both are there. */
void fuzz_topology_look_closely(bool closely);

/* Did a child of the lean nursery die since the last call? Then whose fault it was is not known. */
bool fuzz_topology_died_unseen(void);

/* Of all children, in both nurseries. */
struct fuzz_topology_count {
	unsigned long children, lean, died, too_slow;
};

struct fuzz_topology_count fuzz_topology_count(void);

#endif
