/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as the message of the child that ran hwloc: what a child that was taken over could say.
 *
 * The head is made right for half of the inputs, so that the checks behind it are reached.
 */
#include <stdlib.h>
#include <string.h>

#include "machine/topology_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__ubsan_default_options(void);

/* By itself UBSan reports and goes on, and libFuzzer does not notice. */
const char *__ubsan_default_options(void)
{
	return "halt_on_error=1:print_stacktrace=1";
}

static void must(int holds)
{
	if (!holds)
		abort();
}

static void check(const struct numasim_topology *t)
{
	unsigned n, c;

	must(t->nr_nodes && t->nr_cpus && !t->first_cpu[0]);
	must(t->first_cpu[t->nr_nodes] == t->nr_cpus);
	for (n = 0; n < t->nr_nodes; n++) {
		must(t->first_cpu[n] <= t->first_cpu[n + 1]);
		for (c = t->first_cpu[n]; c + 1 < t->first_cpu[n + 1]; c++)
			must(t->node_cpus[c] < t->node_cpus[c + 1]);
	}
	for (c = 0; c < t->nr_cpus; c++)
		must(t->cpu_node[c] < t->nr_nodes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct topology_message *message;
	struct numasim_topology *t = NULL;
	enum topology_failure why = TOPOLOGY_OK;
	struct numasim_error err = {0};
	uint64_t detail;
	int ret;

	if (!size)
		return 0;
	message = malloc(size);
	must(message != NULL);
	memcpy(message, data + 1, size - 1);
	if (data[0] & 1 && size - 1 >= sizeof(*message)) {
		message->magic = TOPOLOGY_MESSAGE_MAGIC;
		message->length = (uint32_t)(size - 1 - sizeof(*message));
		topology_message_seal(message);
	}
	ret = topology_message_read(&t, &why, &detail, message, size - 1, &err);
	must(ret ? !t && err.code == ret && *err.text : !t == (why != TOPOLOGY_OK));
	if (t)
		check(t);
	numasim_topology_free(t);
	free(message);
	return 0;
}
