/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does a step change only what it says? Every search stands on that: what a step does not announce
 * (or touch(), while it runs) is taken to be left alone, so its order against other steps that use
 * it is taken not to matter.
 *
 *    before            the step             after
 *    object: value                          object: value      different? then the step must have
 *    object: value     announced, touched   object: value      announced or touched the object, as
 *    ...                                    ...                a write
 *
 * All shared state that has a name is listed before and after, whatever code changed it. Left out:
 *
 *  - what was made or given up in the step;
 *  - a page or table that its maker has shown to nobody: no entry leads to it, and no other context
 *    remembers its name;
 *  - what only its owner reads: a task's fields, a walker's budget.
 *
 * What a step reads leaves no
 * trace; tests/unit/explore/test_commute.c looks for that.
 *
 * This costs more than the step itself, so searches do it in debug builds only; see NUMASIM_CHECKS.
 */
#ifndef CHECK_FOOTPRINT_H
#define CHECK_FOOTPRINT_H

#include "exec/lock.h"
#include "machine/machine.h"

/* Set by lib/check/meson.build for -Dbuildtype=debug and debugoptimized. */
#ifdef NUMASIM_CHECKS
#define FOOTPRINTS_ARE_CHECKED true
#else
#define FOOTPRINTS_ARE_CHECKED false
#endif

struct footprint_item {
	uint64_t object;
	uint64_t value; /* or a hash of it */
};

struct footprint_list {
	struct footprint_item *item;
	size_t nr, room;
	bool failed; /* no memory */
};

struct footprint {
	struct footprint_list before, after;
	struct announcement announced;
};

void footprint_destroy(struct footprint *f);

/* @choice is about to be taken: what it announces, and how things stand. */
void footprint_before(struct footprint *f, struct numasim_machine *m, struct choice choice);

/*
 * It was taken. If it changed what it did not name, the oracle "assertion" fires, even where that
 * oracle is off: what follows could not be trusted. Without memory to look, the search ends. An
 * oracle that fired in the step itself has precedence.
 */
void footprint_after(struct footprint *f, struct numasim_machine *m, struct choice choice);

/* List all named state of @m (check/footprint_list.c). */
void footprint_list(struct footprint_list *list, struct numasim_machine *m);

/* The state of files, swap and batches (check/footprint_backing.c). */
void footprint_backing(struct footprint_list *list, const struct numasim_machine *m);

/* For those who list. */
void footprint_put(struct footprint_list *list, uint64_t object, uint64_t value);
void footprint_lock(struct footprint_list *list, const struct lock *lock);
void footprint_rwlock(struct footprint_list *list, const struct rwlock *lock);

/* The page or table that @item, an entry, leads to; NULL: none. */
const struct page *footprint_entry_page(struct numasim_machine *m,
					const struct footprint_item *item);

/* An item that says no more than that a table or page of that name is there. */
#define FOOTPRINT_OWNER 0xffffff

#endif
