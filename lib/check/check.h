/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The oracles: what must always hold. They look on; nothing that they do changes what the
 * simulated code does. Their own memory is state and is copied and hashed like the rest.
 *
 * lost-write      Every load returns what was last stored at that address of that address space (or
 *                 to that place of a file that is mapped shared), whatever frame it was that the
 *                 store reached; what was given up is empty (check/promise.h); and when all is
 *                 quiet, tables, devices and files still hold what was promised.
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

#include "check/promise.h"
#include "mm/mm.h"

/* The oracles look on from now on: in the explorer, or in a system, where there is room for all
 * is stored. 0 or -ENOMEM. */
int check_init(struct numasim_machine *m);
int check_init_system(struct numasim_machine *m);

/* What must hold when every context has come to its end. */
void check_quiescent(struct numasim_machine *m);

/* What @mm would read at @va: through its tables, or what a fault would bring, from swap or from
 * the file. false: nothing was ever there, or is any more (reads as 0). @word_object and
 * @entry_object: what that look read. */
bool check_peek(struct numasim_machine *m, struct mm_struct *mm, uint64_t va, uint64_t *value,
		uint64_t *word_object, uint64_t *entry_object);

/* The pages' side of check_quiescent(). */
void check_pages(struct numasim_machine *m);
/* Its second half: slots of swap, caches of files. */
void check_backing(struct numasim_machine *m);

#endif
