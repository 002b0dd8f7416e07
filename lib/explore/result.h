/* SPDX-License-Identifier: BSD-2-Clause */
/* What a handle of numasim/explore.h holds. It needs no machine: all texts are its own. */
#ifndef EXPLORE_RESULT_H
#define EXPLORE_RESULT_H

#include "explore/witness.h"

#include <numasim/explore.h>

#define RESULT_TEXT 512

struct numasim_result {
	struct numasim_result_info info; /* its texts stand below, or in the record */
	char *owned[5];
	char oracles[256];
	char undecided[RESULT_TEXT];
	struct search_options options; /* as they were searched with, the clock running */
	uint64_t spent;		       /* of their budget */
	struct record *record; /* NULL: nothing broke */
	char *witness;	       /* the file's text; NULL: nothing broke */
};

/* What a result says about what was searched. All are copied. */
struct result_texts {
	const char *scenario, *title, *kernel, *note, *machine;
};

/* Check the options, and say which oracles they name. 0, -EINVAL, -ENOENT. */
int result_oracles(uint32_t *oracles, const struct numasim_search *search,
		   struct numasim_error *err);

/* Search from the machine's root, and write down the witness. Texts are to be set by the caller. */
int result_search(struct numasim_result **result, struct numasim_machine *m,
		  const struct scene *scene, const struct numasim_search *search,
		  struct numasim_error *err);

/*
 * Count the final states again, all of them: a search does not go on behind what breaks, so it
 * misses the states that lie there. Another pass over the graph, with every oracle passed over; on
 * a result that is not BROKEN, or of another engine, nothing is done. It has what the search left
 * of the budget; if that is not enough, the result becomes partial. 0 or a negative errno.
 */
int result_count_finals(struct numasim_result *result, struct numasim_machine *m,
			const struct scene *scene, struct numasim_error *err);

/* Replay a witness that was read. */
int result_replay(struct numasim_result **result, struct numasim_machine *m,
		  const struct scene *scene, const struct witness *witness,
		  struct numasim_error *err);

/* Set the texts. 0 or -ENOMEM. */
int result_describe(struct numasim_result *result, const struct result_texts *texts);

#endif
