/* SPDX-License-Identifier: BSD-2-Clause */
/* What a shmem file remembers of policies; part of struct file. */
#ifndef MM_MEMPOLICY_SHARED_H
#define MM_MEMPOLICY_SHARED_H

#include "base/digest.h"

#include <bsd/sys/queue.h>

struct mempolicy;

struct policy_range {
	TAILQ_ENTRY(policy_range) link;
	uint64_t start, end; /* pages */
	struct mempolicy *policy;
};
TAILQ_HEAD(shared_policy, policy_range); /* by place, never overlapping */

void shared_policy_init(struct shared_policy *policies);
void shared_policy_free(struct shared_policy *policies);
void shared_policy_digest(const struct shared_policy *policies, struct digest_sink *sink);

#endif
