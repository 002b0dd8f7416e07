/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a topology, the whole way: hwloc in its child, the message, the checks, the text.
 *
 * Input with a '<' in it is XML, other input a synthetic description. hwloc itself may crash: that
 * is what the child is for, and no finding. Findings are crashes, leaks and hangs of our own code,
 * and a topology that breaks the promises of numasim/topology.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_topology_child.h"
#include "machine/topology_explain.h"
#include "machine/topology_load.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

/*
 * For the children, whose findings must have a status of their own and be written down quickly; of
 * no harm to the fuzzer.
 */
const char *__asan_default_options(void)
{
	return "exitcode=86:symbolize=0:malloc_context_size=2:quarantine_size_mb=1";
}

static unsigned long nr_loaded, nr_refused;

/* That the path was gone to its end, and how often hwloc died: a run should say. */
static void say_count(void)
{
	struct fuzz_topology_count count = fuzz_topology_count();

	fprintf(stderr,
		"%lu topologies, %lu errors; %lu children (%lu of them without sanitizers), in %lu "
		"hwloc died, %lu took too long\n",
		nr_loaded, nr_refused, count.children, count.lean, count.died, count.too_slow);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	fuzz_topology_nursery_open();
	atexit(say_count);
	return 0;
}

/* Tight, so that input which makes hwloc hang does not hold up the others. */
static const struct topology_child_limits limits = {.ready_ms = 10000,
						    .attempts = 3,
						    .total_ms = 100,
						    .cpu_s = 1,
						    .memory = 256 << 20,
						    .answer = TOPOLOGY_MESSAGE_MAX};

/* By itself UBSan reports and goes on, and libFuzzer does not notice. */
const char *__ubsan_default_options(void)
{
	return "halt_on_error=1:print_stacktrace=1:exitcode=86";
}

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

static void load(const struct topology_source *source)
{
	struct numasim_topology *t = NULL;
	struct numasim_error err = {0};
	int ret = 0;

	if (source->kind == TOPOLOGY_SYNTHETIC)
		ret = topology_check_synthetic(source->text, &err);
	ret = ret ?: topology_load_source(&t, source, "input", &limits, &err);
	must(ret ? !t && err.code == ret && *err.text : t && !err.code);
	if (t)
		check(t);
	nr_loaded += t != NULL;
	nr_refused += !t;
	numasim_topology_free(t);
}

/* One input in 16 has its child under the sanitizers; which, depends on nothing but the input. */
static bool looks_closely(const uint8_t *data, size_t size)
{
	return size && (data[size / 2] + data[size - 1] + size) % 16 == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct topology_source source = {.kind = TOPOLOGY_SYNTHETIC, .len = size};
	char *text = malloc(size + 1);

	must(text != NULL);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	source.text = text;
	if (size && memchr(data, '<', size))
		source.kind = TOPOLOGY_XML;
	fuzz_topology_look_closely(looks_closely(data, size));
	load(&source);
	if (fuzz_topology_died_unseen()) {
		fuzz_topology_look_closely(true);
		load(&source);
	}
	free(text);
	return 0;
}
