/* SPDX-License-Identifier: BSD-2-Clause */
/* What simulated code says of itself, for the reach list of scenarios and for single-stepping. */
#ifndef EXEC_EVENT_H
#define EXEC_EVENT_H

enum event_kind {
	EVENT_FAULT,	 /* detail: the error code */
	EVENT_HINT_FAULT,
	EVENT_ARMED,
	EVENT_MIGRATED,
	EVENT_MIGRATE_FAILED,
	EVENT_FLUSHED,	 /* detail: the end of the range */
	EVENT_IPI,
	EVENT_WAITED,
	EVENT_SCANNED,
	EVENT_ZAPPED,	 /* an entry was taken away, or a page of a range forgotten */
	EVENT_SPLIT,	 /* a huge entry became a table */
	EVENT_COPIED,	 /* a write got a copy of its own */
	EVENT_REUSED,	 /* a write took the page over as it was */
	EVENT_RECLAIMED, /* a page left memory */
	EVENT_SWAPPED_IN,
	EVENT_PINNED,	 /* get_user_pages() gave a page away */
	EVENT_MARKED,	 /* erratum: A or D was set in an entry that had changed */
	EVENT_CLEARED,	 /* an entry was cleared as "bad" */
	EVENT_NR
};

#endif
