/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FUZZ_TOPOLOGY_CHILD_H
#define FUZZ_TOPOLOGY_CHILD_H

/* Start the nursery (fuzz_topology_nursery.h); to be called once, before the fuzzer grows. */
void fuzz_topology_nursery_open(void);

#endif
