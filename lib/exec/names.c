/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of points, events and oracles. */
#include "exec/exec.h"

#include <errno.h>
#include <string.h>

const char *point_kind_name(enum point_kind kind)
{
	static const char *const name[POINT_NR] = {
		[POINT_START] = "start",	 [POINT_READ] = "read",
		[POINT_WRITE] = "write",	 [POINT_UPDATE] = "update",
		[POINT_LOCK] = "lock",		 [POINT_TRYLOCK] = "trylock",
		[POINT_UNLOCK] = "unlock",	 [POINT_WAIT] = "wait",
		[POINT_LOAD] = "load",		 [POINT_STORE] = "store",
		[POINT_WALK] = "walk",		 [POINT_COPY] = "copy",
		[POINT_FLUSH] = "flush",	 [POINT_IPI_SEND] = "ipi",
		[POINT_IPI_TAKE] = "interrupt",	 [POINT_IRQ_OFF] = "irq-off",
		[POINT_ALLOC] = "alloc",	 [POINT_FREE] = "free",
		[POINT_TICK] = "tick",		 [POINT_FILL] = "fill",
		[POINT_DROP] = "drop",
	};

	return kind < POINT_NR ? name[kind] : "?";
}

const char *event_kind_name(enum event_kind kind)
{
	static const char *const name[EVENT_NR] = {
		[EVENT_FAULT] = "fault",	       [EVENT_HINT_FAULT] = "hint_fault",
		[EVENT_ARMED] = "armed",	       [EVENT_MIGRATED] = "migrated",
		[EVENT_MIGRATE_FAILED] = "migrate_failed", [EVENT_FLUSHED] = "flushed",
		[EVENT_IPI] = "ipi",		       [EVENT_WAITED] = "waited",
		[EVENT_SCANNED] = "scanned",	       [EVENT_ZAPPED] = "zapped",
		[EVENT_SPLIT] = "split",	       [EVENT_COPIED] = "copied",
		[EVENT_REUSED] = "reused",	       [EVENT_RECLAIMED] = "reclaimed",
		[EVENT_SWAPPED_IN] = "swapped_in",     [EVENT_PINNED] = "pinned",
		[EVENT_MARKED] = "marked",	       [EVENT_CLEARED] = "cleared",
	};

	return kind < EVENT_NR ? name[kind] : "?";
}

static const char *const oracle_names[ORACLE_NR] = {
#define X(id, name) name,
	ORACLES(X)
#undef X
};

const char *oracle_name(enum oracle oracle)
{
	return oracle < ORACLE_NR ? oracle_names[oracle] : "?";
}

int oracle_by_name(const char *name)
{
	for (int i = 0; i < ORACLE_NR; i++)
		if (!strcmp(oracle_names[i], name))
			return i;
	return -ENOENT;
}
