/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing and reading the message whose layout stands in the header. */
#include "machine/topology_message.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "base/error.h"

struct fixed {
	uint32_t nr_nodes;
	uint32_t nr_cpus;
	uint32_t distances;
	uint32_t unused; /* zero; keeps what follows aligned to 8 */
};

static int has_matrix(uint32_t distances)
{
	return distances == NUMASIM_DISTANCES_RECORDED || distances == NUMASIM_DISTANCES_PARTIAL;
}

static size_t payload_size(const struct topology_parts *parts)
{
	size_t nodes = parts->nr_nodes, cpus = parts->nr_cpus;

	return sizeof(struct fixed) + nodes * (sizeof(uint64_t) + sizeof(uint32_t)) +
	       cpus * 2 * sizeof(uint32_t) + (has_matrix(parts->distances) ? nodes * nodes : 0);
}

/* Point @parts, whose counts are known, into @payload. */
static void lay_out(struct topology_parts *parts, void *payload)
{
	parts->memory = (uint64_t *)((struct fixed *)payload + 1);
	parts->node_id = (uint32_t *)(parts->memory + parts->nr_nodes);
	parts->cpu_id = parts->node_id + parts->nr_nodes;
	parts->cpu_node = parts->cpu_id + parts->nr_cpus;
	parts->distance =
		has_matrix(parts->distances) ? (uint8_t *)(parts->cpu_node + parts->nr_cpus) : NULL;
}

struct topology_message *topology_message_new(struct topology_parts *parts)
{
	size_t length = payload_size(parts);
	struct topology_message *message = calloc(1, sizeof(*message) + length);
	struct fixed *fixed;

	if (!message)
		return NULL;
	message->magic = TOPOLOGY_MESSAGE_MAGIC;
	message->status = TOPOLOGY_OK;
	message->length = (uint32_t)length;
	fixed = (struct fixed *)message->payload;
	fixed->nr_nodes = parts->nr_nodes;
	fixed->nr_cpus = parts->nr_cpus;
	fixed->distances = parts->distances;
	lay_out(parts, message->payload);
	return message;
}

void topology_message_seal(struct topology_message *message)
{
	message->checksum = XXH3_64bits_withSeed(message->payload, message->length,
						 message->magic ^ message->status);
}

void topology_message_failure(struct topology_message *message, enum topology_failure why,
			      uint64_t detail)
{
	message->magic = TOPOLOGY_MESSAGE_MAGIC;
	message->status = why;
	message->length = sizeof(detail);
	memcpy(message->payload, &detail, sizeof(detail));
	topology_message_seal(message);
}

static int damaged(struct numasim_error *err, const char *what)
{
	return error_set(err, -EINVAL,
			 "the process that read the topology handed back a damaged description "
			 "(%s): the source is malformed in a way that confuses hwloc; write it "
			 "again with lstopo",
			 what);
}

static int check_nodes(const struct topology_parts *parts, struct numasim_error *err)
{
	uint32_t n;

	for (n = 0; n < parts->nr_nodes; n++) {
		uint32_t id = parts->node_id[n];

		if (id >= NUMASIM_TOPOLOGY_MAX_NODES)
			return error_set(err, -EINVAL,
					 "NUMA node %u: node ids go up to %d, as in Linux", id,
					 NUMASIM_TOPOLOGY_MAX_NODES - 1);
		if (n && id == parts->node_id[n - 1])
			return error_set(err, -EINVAL, "two NUMA nodes have the id %u", id);
		if (n && id < parts->node_id[n - 1])
			return damaged(err, "nodes out of order");
		if (parts->memory[n] > NUMASIM_TOPOLOGY_MAX_MEMORY)
			return error_set(err, -EINVAL,
					 "NUMA node %u has %llu bytes of memory; an x86-64 machine "
					 "can address at most %llu",
					 id, (unsigned long long)parts->memory[n],
					 (unsigned long long)NUMASIM_TOPOLOGY_MAX_MEMORY);
	}
	return 0;
}

static int check_cpus(uint32_t *nr_lost, const struct topology_parts *parts,
		      struct numasim_error *err)
{
	uint32_t c;

	*nr_lost = 0;
	for (c = 0; c < parts->nr_cpus; c++) {
		uint32_t id = parts->cpu_id[c];

		if (id >= NUMASIM_TOPOLOGY_MAX_CPUS)
			return error_set(err, -EINVAL, "CPU %u: CPU ids go up to %d, as in Linux",
					 id, NUMASIM_TOPOLOGY_MAX_CPUS - 1);
		if (c && id == parts->cpu_id[c - 1])
			return error_set(err, -EINVAL, "two CPUs have the id %u", id);
		if (c && id < parts->cpu_id[c - 1])
			return damaged(err, "CPUs out of order");
		if (parts->cpu_node[c] == TOPOLOGY_NO_NODE)
			++*nr_lost;
		else if (parts->cpu_node[c] >= parts->nr_nodes)
			return damaged(err, "a CPU of no node");
	}
	if (*nr_lost == parts->nr_cpus)
		return error_set(err, -EINVAL,
				 "no CPU belongs to a NUMA node: a machine needs at "
				 "least one that does");
	return 0;
}

static int check_distances(const struct topology_parts *parts, struct numasim_error *err)
{
	size_t nr = parts->distance ? (size_t)parts->nr_nodes * parts->nr_nodes : 0;

	return nr && memchr(parts->distance, 0, nr) ? damaged(err, "a distance of 0") : 0;
}

/* CPUs, and the CPUs of each node: those of node n are counted in first_cpu[n + 1], then summed. */
static void fill_cpus(struct numasim_topology *t, const struct topology_parts *parts)
{
	uint32_t c, n, kept = 0, lost = 0;

	for (c = 0; c < parts->nr_cpus; c++) {
		if (parts->cpu_node[c] == TOPOLOGY_NO_NODE) {
			t->lost_cpu[lost++] = parts->cpu_id[c];
			continue;
		}
		t->cpu_id[kept] = parts->cpu_id[c];
		t->cpu_node[kept++] = parts->cpu_node[c];
		t->first_cpu[parts->cpu_node[c] + 1]++;
	}
	for (n = 0; n < t->nr_nodes; n++)
		t->first_cpu[n + 1] += t->first_cpu[n];
	for (c = t->nr_cpus; c-- > 0;)
		t->node_cpus[--t->first_cpu[t->cpu_node[c] + 1]] = t->cpu_id[c];
	/* Every end has moved down to its node's start: first_cpu[n + 1] is where node n begins. */
	for (n = 0; n < t->nr_nodes; n++)
		t->first_cpu[n] = t->first_cpu[n + 1];
	t->first_cpu[t->nr_nodes] = t->nr_cpus;
}

static int build(struct numasim_topology **topology, const struct topology_parts *parts,
		 struct numasim_error *err)
{
	struct numasim_topology *t;
	uint32_t n, nr_lost;
	int ret = check_nodes(parts, err);

	ret = ret ?: check_cpus(&nr_lost, parts, err);
	ret = ret ?: check_distances(parts, err);
	if (ret)
		return ret;
	t = topology_new(parts->nr_nodes, parts->nr_cpus - nr_lost, nr_lost);
	if (!t)
		return error_set(err, -ENOMEM, "no memory for a topology of %u nodes and %u CPUs",
				 parts->nr_nodes, parts->nr_cpus);
	t->distances = parts->distances;
	for (n = 0; n < parts->nr_nodes; n++) {
		t->node_id[n] = parts->node_id[n];
		t->memory[n] = parts->memory[n];
	}
	fill_cpus(t, parts);
	if (parts->distance)
		memcpy(t->distance, parts->distance, (size_t)t->nr_nodes * t->nr_nodes);
	else
		topology_default_distances(t);
	*topology = t;
	return 0;
}

static int check_head(const struct topology_message *message, size_t len, struct numasim_error *err)
{
	if (len < sizeof(*message) || message->magic != TOPOLOGY_MESSAGE_MAGIC)
		return damaged(err, "no head");
	if (len != topology_message_size(message))
		return damaged(err, "wrong length");
	if (message->status >= TOPOLOGY_NR_FAILURES)
		return damaged(err, "unknown status");
	if (message->checksum != XXH3_64bits_withSeed(message->payload, message->length,
						      message->magic ^ message->status))
		return damaged(err, "wrong checksum");
	return 0;
}

int topology_message_read(struct numasim_topology **topology, enum topology_failure *why,
			  uint64_t *detail, const void *bytes, size_t len,
			  struct numasim_error *err)
{
	const struct topology_message *message = bytes;
	struct topology_parts parts = {0};
	struct fixed fixed;
	int ret = check_head(message, len, err);

	if (ret)
		return ret;
	if (message->status != TOPOLOGY_OK) {
		if (message->length != sizeof(*detail))
			return damaged(err, "wrong length");
		*topology = NULL;
		*why = message->status;
		memcpy(detail, message->payload, sizeof(*detail));
		return 0;
	}
	if (message->length < sizeof(fixed))
		return damaged(err, "wrong length");
	memcpy(&fixed, message->payload, sizeof(fixed));
	if (!fixed.nr_nodes || fixed.nr_nodes > NUMASIM_TOPOLOGY_MAX_NODES || !fixed.nr_cpus ||
	    fixed.nr_cpus > NUMASIM_TOPOLOGY_MAX_CPUS ||
	    fixed.distances > NUMASIM_DISTANCES_UNUSABLE || fixed.unused)
		return damaged(err, "impossible counts");
	parts.nr_nodes = fixed.nr_nodes;
	parts.nr_cpus = fixed.nr_cpus;
	parts.distances = fixed.distances;
	if (message->length != payload_size(&parts))
		return damaged(err, "wrong length");
	lay_out(&parts, (void *)message->payload);
	return build(topology, &parts, err);
}
