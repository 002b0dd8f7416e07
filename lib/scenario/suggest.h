/* SPDX-License-Identifier: BSD-2-Clause */
/* "Did you mean": of the words that were possible, the one that is nearest to what was written. */
#ifndef SCENARIO_SUGGEST_H
#define SCENARIO_SUGGEST_H

struct suggest {
	const char *wanted;
	const char *best;	/* nearest so far, or NULL: none is near */
	unsigned distance;
};

#define SUGGEST(word) ((struct suggest){.wanted = (word)})

/*
 * Consider @word: near enough is one letter changed, added, dropped or swapped with its neighbour
 * in every three, at most three of them; case does not count. The first of equals stays.
 * @word must live as long as the suggestion.
 */
void suggest_offer(struct suggest *suggest, const char *word);

/* All words of a list that ends in NULL. */
void suggest_offer_list(struct suggest *suggest, const char *const *words);

/* How many such edits lead from @a to @b. Words of more than 64 letters are far from everything. */
unsigned suggest_distance(const char *a, const char *b);

#endif
