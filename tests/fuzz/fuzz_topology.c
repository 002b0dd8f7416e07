/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a topology, the whole way: hwloc in its child, the message, the checks, the text.
 *
 * Input with a '<' in it is XML, other input a synthetic description. hwloc itself may crash: that
 * is what the child is for, and no finding. Findings are crashes, leaks and hangs of our own code,
 * and a topology that breaks the promises of numasim/topology.h.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz_topology_child.h"
#include "machine/topology_explain.h"
#include "machine/topology_load.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

/*
 * For the children, whose findings must have a status of their own and be written down quickly; of
 * no harm to the fuzzer.
 */
const char *__asan_default_options(void)
{
	return "exitcode=86:symbolize=0:malloc_context_size=2:quarantine_size_mb=1";
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	fuzz_topology_nursery_open();
	return 0;
}

/* Tight, so that input which makes hwloc hang does not hold up the others. */
static const struct topology_child_limits limits = {.ready_ms = 10000,
						    .attempts = 3,
						    .total_ms = 100,
						    .cpu_s = 1,
						    .memory = 256 << 20,
						    .answer = TOPOLOGY_MESSAGE_MAX};

static void must(int holds)
{
	if (!holds)
		abort();
}

static void check_cpus(const struct numasim_topology *t, unsigned node, size_t *sum)
{
	const unsigned *cpus;
	size_t nr, c;
	unsigned owner;

	must(!numasim_topology_node_cpus(&cpus, &nr, t, node));
	for (c = 0; c < nr; c++) {
		must(!c || cpus[c] > cpus[c - 1]);
		must(cpus[c] < NUMASIM_TOPOLOGY_MAX_CPUS);
		must(!numasim_topology_cpu_node(&owner, t, cpus[c]) && owner == node);
	}
	*sum += nr;
}

static void check(const struct numasim_topology *t)
{
	const unsigned *nodes, *cpus;
	size_t nr_nodes, nr_cpus, n, sum = 0;
	unsigned distance;
	uint64_t bytes;
	char *text;

	numasim_topology_nodes(&nodes, &nr_nodes, t);
	numasim_topology_cpus(&cpus, &nr_cpus, t);
	must(nr_nodes && nr_nodes <= NUMASIM_TOPOLOGY_MAX_NODES);
	must(nr_cpus && nr_cpus <= NUMASIM_TOPOLOGY_MAX_CPUS);
	for (n = 0; n < nr_nodes; n++) {
		must(!n || nodes[n] > nodes[n - 1]);
		must(nodes[n] < NUMASIM_TOPOLOGY_MAX_NODES);
		must(!numasim_topology_node_memory(&bytes, t, nodes[n]));
		must(bytes <= NUMASIM_TOPOLOGY_MAX_MEMORY);
		must(!numasim_topology_distance(&distance, t, nodes[n], nodes[0]));
		must(distance >= 1 && distance <= 255);
		check_cpus(t, nodes[n], &sum);
	}
	must(sum == nr_cpus);
	must(!numasim_topology_numactl(&text, t, NULL));
	must(!strncmp(text, "available: ", strlen("available: ")));
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct topology_source source = {.kind = TOPOLOGY_SYNTHETIC, .len = size};
	struct numasim_topology *t = NULL;
	struct numasim_error err = {0};
	char *text = malloc(size + 1);
	int ret = 0;

	must(text != NULL);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	source.text = text;
	if (size && memchr(data, '<', size))
		source.kind = TOPOLOGY_XML;
	else
		ret = topology_check_synthetic(text, &err);
	ret = ret ?: topology_load_source(&t, &source, "input", &limits, &err);
	must(ret ? !t && err.code == ret && *err.text : t && !err.code);
	if (t)
		check(t);
	numasim_topology_free(t);
	free(text);
	return 0;
}
