/* SPDX-License-Identifier: BSD-2-Clause */
/* Why a topology could not be had, in words that help. */
#ifndef MACHINE_TOPOLOGY_EXPLAIN_H
#define MACHINE_TOPOLOGY_EXPLAIN_H

#include "machine/topology_hwloc.h"

/*
 * Fill @err for a @source called @name that failed with @why and @detail; @notes is what hwloc
 * said, perhaps nothing. Returns -EINVAL, or -ENOMEM where that is the reason.
 */
int topology_explain(struct numasim_error *err, const struct topology_source *source,
		     const char *name, enum topology_failure why, uint64_t detail,
		     const char *notes);

/*
 * Check what can be told without hwloc, and which hwloc takes long to find out: a description of
 * more CPUs than are allowed. Returns 0, or -EINVAL with text.
 */
int topology_check_synthetic(const char *description, struct numasim_error *err);

#endif
