/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of what must always hold, and a violation of it. lib/check has the statements. */
#ifndef EXEC_ORACLE_H
#define EXEC_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

/* X(identifier, name) */
#define ORACLES(X)                                                                                 \
	X(LOST_WRITE, "lost-write")                                                                \
	X(USE_AFTER_FREE, "use-after-free")                                                        \
	X(REFCOUNT, "refcount")                                                                    \
	X(OOPS, "oops")                                                                            \
	X(STALE_TLB, "stale-tlb")                                                                  \
	X(DEADLOCK, "deadlock")                                                                    \
	X(LIVELOCK, "livelock")                                                                    \
	X(ASSERTION, "assertion")                                                                  \
	X(CONDITION, "condition")

enum oracle {
#define X(id, name) ORACLE_##id,
	ORACLES(X)
#undef X
	ORACLE_NR
};

#define ORACLE_ALL ((UINT32_C(1) << ORACLE_NR) - 1)

const char *oracle_name(enum oracle oracle);
int oracle_by_name(const char *name); /* or -ENOENT */

#define VIOLATION_OBJECTS 16
#define VIOLATION_TEXT	  512

struct violation {
	bool found;
	enum oracle oracle;
	unsigned nr_objects;		      /* what the failing look read: its causes */
	uint64_t object[VIOLATION_OBJECTS];
	char text[VIOLATION_TEXT];	      /* one sentence */
};

#endif
