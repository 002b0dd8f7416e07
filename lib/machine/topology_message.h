/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the child that ran hwloc hands back, as one run of bytes:
 *
 *   0        8        12       16         24
 *  +--------+--------+--------+----------+----------------------------------------+
 *  | magic  | status | length | checksum | payload, `length` bytes                |
 *  +--------+--------+--------+----------+----------------------------------------+
 *
 *  status 0, the payload is a topology, with n nodes and c CPUs:
 *  +----------+---------+-----------+----------+-----------+----------+------------+----------+
 *  | n, c     | dist.   | memory    | node ids | cpu ids   | position | distances  |          |
 *  | 2 x u32  | 2 x u32 | n x u64   | n x u32  | c x u32   | c x u32  | n x n x u8 | (if any) |
 *  +----------+---------+-----------+----------+-----------+----------+------------+----------+
 *  otherwise status names a topology_failure, and the payload says more about it.
 *
 * Both ends run on the same machine: bytes are in its own order. The reader believes nothing: a
 * child that was led astray by its input can write anything, with a good checksum.
 */
#ifndef MACHINE_TOPOLOGY_MESSAGE_H
#define MACHINE_TOPOLOGY_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "machine/topology.h"

#define TOPOLOGY_MESSAGE_MAGIC UINT64_C(0x4f504f544d554e01) /* changes with the layout */
#define TOPOLOGY_NO_NODE       UINT32_MAX                   /* position of a lost CPU's node */

/* Why the child has no topology to hand back. */
enum topology_failure {
	TOPOLOGY_OK,
	TOPOLOGY_REFUSED,    /* hwloc does not take the source; detail: its errno */
	TOPOLOGY_LOAD,       /* hwloc takes it but cannot load it; detail: its errno */
	TOPOLOGY_NO_NODES,   /* loaded, but without a node */
	TOPOLOGY_MANY_NODES, /* detail: how many */
	TOPOLOGY_MANY_CPUS,  /* detail: how many */
	TOPOLOGY_NO_MEMORY,
	TOPOLOGY_NR_FAILURES
};

struct topology_message {
	uint64_t magic;
	uint32_t status;
	uint32_t length;
	uint64_t checksum;
	unsigned char payload[];
};

/* The parts of a payload that is a topology; they point into it. */
struct topology_parts {
	uint32_t nr_nodes;
	uint32_t nr_cpus;
	uint32_t distances; /* enum numasim_distances */
	uint64_t *memory;
	uint32_t *node_id;
	uint32_t *cpu_id;
	uint32_t *cpu_node;
	uint8_t *distance; /* NULL when distances are default or unusable */
};

/* The longest message that a topology within the limits can make. */
#define TOPOLOGY_MESSAGE_MAX                                                                       \
	(sizeof(struct topology_message) + 16 + 12 * NUMASIM_TOPOLOGY_MAX_NODES +                  \
	 8 * NUMASIM_TOPOLOGY_MAX_CPUS +                                                           \
	 (size_t)NUMASIM_TOPOLOGY_MAX_NODES * NUMASIM_TOPOLOGY_MAX_NODES)

/*
 * A new zeroed message with room for a topology of the counts and kind of distances that stand in
 * @parts; the pointers in @parts are set. NULL when there is no memory; freed with free().
 */
struct topology_message *topology_message_new(struct topology_parts *parts);

/* Set the checksum; to be called when the payload is complete. */
void topology_message_seal(struct topology_message *message);

/* A sealed message of 8 bytes of payload that says why there is no topology. */
#define TOPOLOGY_FAILURE_SIZE (sizeof(struct topology_message) + sizeof(uint64_t))
void topology_message_failure(struct topology_message *message, enum topology_failure why,
			      uint64_t detail);

/* All bytes of a message. */
static inline size_t topology_message_size(const struct topology_message *message)
{
	return sizeof(*message) + message->length;
}

/*
 * Check a message of @len bytes (aligned to 8) and turn it into a topology.
 *
 * Returns 0 and sets @topology; or returns 0, sets @topology to NULL and @why and @detail; or
 * returns -EINVAL, -ENOMEM with text, which tells a damaged message from numbers beyond a limit.
 */
int topology_message_read(struct numasim_topology **topology, enum topology_failure *why,
			  uint64_t *detail, const void *bytes, size_t len,
			  struct numasim_error *err);

#endif
