/* SPDX-License-Identifier: BSD-2-Clause */
/* What a mistyped word was probably meant to be. */
#include "cli.h"

#include <string.h>

#define MOST_LENGTH 32

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Insertions, deletions and exchanges of a character that make @b of @a (Levenshtein). */
static size_t distance(const char *a, const char *b)
{
	size_t row[MOST_LENGTH + 1], nr_a = strlen(a), nr_b = strlen(b);

	if (nr_a > MOST_LENGTH || nr_b > MOST_LENGTH)
		return MOST_LENGTH;
	for (size_t k = 0; k <= nr_b; k++)
		row[k] = k;
	for (size_t i = 1; i <= nr_a; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t k = 1; k <= nr_b; k++) {
			size_t above = row[k];

			row[k] =
				least(above + 1, row[k - 1] + 1, diagonal + (a[i - 1] != b[k - 1]));
			diagonal = above;
		}
	}
	return row[nr_b];
}

const char *nearest(const char *word, const char *const *known)
{
	const char *best = NULL;
	size_t best_distance = strlen(word) / 3 + 2; /* a third of it may be wrong */

	for (; *known; known++) {
		size_t d = distance(word, *known);

		if (d < best_distance) {
			best = *known;
			best_distance = d;
		}
	}
	return best;
}

int unknown_option(char **argv, int i, const char *const *known)
{
	char word[MOST_LENGTH + 1];
	const char *near;

	snprintf(word, sizeof(word), "%.*s", (int)strcspn(argv[i], "="), argv[i]);
	near = nearest(word, known);
	fprintf(stderr, "numasim: %s: unknown option %s", argv[0], argv[i]);
	if (near)
		fprintf(stderr, "; did you mean %s?\n", near);
	else
		fprintf(stderr, "; see `numasim %s --help`\n", argv[0]);
	return CLI_BAD_INPUT;
}
