/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The distance is that of Damerau and Levenshtein, in its restricted form (no letter is touched
 * twice), over three lines of the usual table:
 *
 *         b a
 *       0 1 2      above2   two lines up, for swaps
 *     a 1 1 1      above    line i - 1
 *     b 2 1 1      here     line i
 */
#include "scenario/suggest.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#define LONGEST 64
#define FAR	(LONGEST + 1)

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	if (b < a)
		a = b;
	return c < a ? c : a;
}

static int same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

unsigned suggest_distance(const char *a, const char *b)
{
	unsigned table[3][LONGEST + 1];
	unsigned *above2 = table[0], *above = table[1], *here = table[2];
	size_t len_a = strlen(a), len_b = strlen(b), i, j;

	if (len_a > LONGEST || len_b > LONGEST)
		return FAR;
	for (j = 0; j <= len_b; j++)
		here[j] = j;
	for (i = 1; i <= len_a; i++) {
		unsigned *oldest = above2;

		above2 = above;
		above = here;
		here = oldest;
		here[0] = i;
		for (j = 1; j <= len_b; j++) {
			here[j] = least(above[j] + 1, here[j - 1] + 1,
					above[j - 1] + !same(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
				here[j] = least(here[j], above2[j - 2] + 1, FAR);
		}
	}
	return here[len_b];
}

void suggest_offer(struct suggest *suggest, const char *word)
{
	size_t len = strlen(suggest->wanted);
	unsigned near = len < 3 ? 1 : len < 9 ? len / 3 : 3;
	unsigned distance = suggest_distance(suggest->wanted, word);

	/* One letter for another is no likeness. */
	if (distance > near || (len < 2 && distance))
		return;
	if (!suggest->best || distance < suggest->distance) {
		suggest->best = word;
		suggest->distance = distance;
	}
}

void suggest_offer_list(struct suggest *suggest, const char *const *words)
{
	for (; *words; words++)
		suggest_offer(suggest, *words);
}
