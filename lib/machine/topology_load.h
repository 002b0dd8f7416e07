/* SPDX-License-Identifier: BSD-2-Clause */
/* The one road from a source to a topology, with its limits open to tests and fuzzers. */
#ifndef MACHINE_TOPOLOGY_LOAD_H
#define MACHINE_TOPOLOGY_LOAD_H

#include "machine/topology_child.h"
#include "machine/topology_hwloc.h"

extern const struct topology_child_limits topology_load_limits;

/* Load @source, called @name in texts; errors as numasim_topology_load(). */
int topology_load_source(struct numasim_topology **topology, const struct topology_source *source,
			 const char *name, const struct topology_child_limits *limits,
			 struct numasim_error *err);

/*
 * All bytes of a file and a zero behind them. *text is freed by the caller with free(). Returns 0,
 * -EFBIG above @most bytes, or the error of open(2) or read(2), with text.
 */
int topology_read_file(char **text, size_t *len, const char *path, size_t most,
		       struct numasim_error *err);

#endif
