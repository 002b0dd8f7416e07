/* SPDX-License-Identifier: BSD-2-Clause */
/* The lean nursery, see fuzz_topology_nursery.h: fuzz_topology starts it. */
#include <stdio.h>
#include <sys/mman.h>

#include "fuzz_topology_nursery.h"

int main(void)
{
	struct shared *shared =
		mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, NURSERY_INPUT, 0);

	if (shared == MAP_FAILED) {
		fputs("topology_nursery: to be started by fuzz_topology, which finds it through "
		      "NUMASIM_FUZZ_NURSERY\n",
		      stderr);
		return 2;
	}
	nursery_serve(NURSERY_SOCKET, shared);
}
