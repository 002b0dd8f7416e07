/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The oracles: what must always hold. They look on; nothing that they do changes what the
 * simulated code does. Their own memory is state and is copied and hashed like the rest.
 *
 * lost-write      Every load returns what was last stored at that address of that address space,
 *                 whatever frame it was that the store reached; and when all is quiet, the tables
 *                 still lead to what was last stored.
 * use-after-free  No access to a frame, or to a frame's descriptor, that nobody owns; and none
 *                 through a translation that was made in another life of its frame.
 * refcount        When all is quiet: the map count of every page is the number of entries that map
 *                 it, its references are those of its mappings, no page is locked or off its LRU
 *                 list, and no frame in use belongs to nobody.
 * oops            The simulated kernel does not run into BUG_ON or a wild pointer, and takes no
 *                 entry for something that it is not.
 * stale-tlb       When a flush has returned, no translation that stood in the range when it began
 *                 still gives more rights than the tables.
 * deadlock        Somebody can always move until everybody has come to the end. (lib/explore)
 * livelock        No cycle of states in which no user instruction retires although every actor
 *                 that is enabled throughout moves. (lib/explore)
 * assertion       What a test's own code asserts.
 * condition       The final condition of a scenario. (lib/scenario)
 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "mm/mm.h"

#define CHECK_WORDS 48

/* What user space was promised to find. */
struct promise {
	uint32_t mm; /* name */
	uint64_t va;
	uint64_t value;
	uint64_t object; /* the frame's word that the last store reached */
};

struct check_room {
	struct numasim_machine *m;
	unsigned nr;
	struct promise promise[CHECK_WORDS];
};

int check_init(struct numasim_machine *m);

/* What must hold when every context has come to its end. */
void check_quiescent(struct numasim_machine *m);

/* What @mm would read at @va through its tables; false: nothing is mapped there (reads as 0). */
bool check_peek(struct numasim_machine *m, struct mm_struct *mm, uint64_t va, uint64_t *value,
		uint64_t *word_object, uint64_t *entry_object);

/* The pages' side of check_quiescent(). */
void check_pages(struct numasim_machine *m);

#endif
