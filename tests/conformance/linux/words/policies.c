/* SPDX-License-Identifier: BSD-2-Clause */
/* NUMA policies. */
#include "words.h"

#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#define MASK_BITS 64

/* The mask where the call finds it; NULL for none, as the policies without nodes want it. */
static uint64_t mask_at(struct actor *a, unsigned long nodes)
{
	unsigned long *buffer = side_buffer(a->side);

	*buffer = nodes;
	return nodes ? (uintptr_t)buffer : 0;
}

/* maxnode counts one more than the bits. */
static uint64_t maxnode(unsigned long nodes)
{
	return nodes ? MASK_BITS + 1 : 0;
}

long bind(struct actor *a, uint64_t p, uint64_t length, int mode, unsigned long nodes,
	  unsigned flags)
{
	return call(a, "mbind", SYS_mbind, p, length, (uint64_t)mode, mask_at(a, nodes),
		    maxnode(nodes), flags);
}

long policy(struct actor *a, int mode, unsigned long nodes)
{
	return call(a, "set_mempolicy", SYS_set_mempolicy, (uint64_t)mode, mask_at(a, nodes),
		    maxnode(nodes), 0, 0, 0);
}

long home_node(struct actor *a, uint64_t p, uint64_t length, unsigned node)
{
	return call(a, "set_mempolicy_home_node", 450, p, length, node, 0, 0, 0);
}

void show_policy(struct actor *a, uint64_t p, unsigned flags)
{
	struct {
		int mode, unused;
		unsigned long nodes[16];
	} *answer = side_buffer(a->side);
	const uint64_t bits = 8 * sizeof(answer->nodes);

	memset(answer, 0, sizeof(*answer));
	if (call(a, "get_mempolicy", SYS_get_mempolicy, (uintptr_t)&answer->mode,
		 (uintptr_t)answer->nodes, bits, p, flags, 0))
		return;
	line("policy %s %s: mode=%x nodes=%lx", a->name,
	     address_text((char[TEXT_SIZE]){0}, flags ? p : NO_ADDRESS), (unsigned)answer->mode,
	     answer->nodes[0]);
}
