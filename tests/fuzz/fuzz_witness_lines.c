/* SPDX-License-Identifier: BSD-2-Clause */
/* Witnesses changed line by line: most of what is made so is read, and replayed to some depth. */
#include "fuzz_witness_lines.h"

#include <stdio.h>
#include <string.h>

#define MAX_LINES 512

/* Bytes of a line, its line feed included. */
struct piece {
	const char *at;
	size_t len;
};

static unsigned next(unsigned *seed, unsigned below)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 8) % below;
}

static unsigned cut(struct piece line[MAX_LINES], const char *text, size_t size)
{
	unsigned nr = 0;

	while (size && nr < MAX_LINES) {
		const char *feed = memchr(text, '\n', size);
		size_t len = feed ? (size_t)(feed + 1 - text) : size;

		line[nr++] = (struct piece){text, len};
		text += len;
		size -= len;
	}
	return size ? 0 : nr;
}

static void insert(struct piece *line, unsigned *nr, unsigned at, struct piece piece)
{
	memmove(line + at + 1, line + at, (*nr - at) * sizeof(*line));
	line[at] = piece;
	(*nr)++;
}

/* Up to the first blank. */
static size_t word(struct piece line)
{
	const char *blank = memchr(line.at, ' ', line.len);

	return blank ? (size_t)(blank - line.at) : 0;
}

/* Line @a with the first word of @b: the step, taken by somebody else. */
static void take_word(struct piece *line, unsigned *nr, unsigned a, unsigned b)
{
	struct piece first = {line[b].at, word(line[b])};
	size_t mine = word(line[a]);

	line[a].at += mine;
	line[a].len -= mine;
	insert(line, nr, a, first);
}

static size_t join(char *text, size_t room, const struct piece *line, unsigned nr)
{
	char copy[1 << 16];
	size_t size = 0;

	for (unsigned i = 0; i < nr; i++) {
		if (line[i].len > sizeof(copy) - size || line[i].len > room - size)
			return 0;
		memcpy(copy + size, line[i].at, line[i].len);
		size += line[i].len;
	}
	memcpy(text, copy, size);
	return size;
}

size_t fuzz_witness_change_lines(char *text, size_t size, size_t room, unsigned seed)
{
	struct piece line[MAX_LINES + 4], kept;
	unsigned nr = cut(line, text, size), a, b;

	for (unsigned left = nr ? 1 + next(&seed, 3) : 0; left && nr && nr < MAX_LINES; left--) {
		a = next(&seed, nr);
		b = next(&seed, nr);
		kept = line[a];
		switch (next(&seed, 5)) {
		case 0:
			memmove(line + a, line + a + 1, (--nr - a) * sizeof(*line));
			break;
		case 1:
			insert(line, &nr, b, kept);
			break;
		case 2:
			line[a] = line[b];
			line[b] = kept;
			break;
		case 3:
			b = a + 1 < nr ? a + 1 : a;
			line[a] = line[b];
			line[b] = kept;
			break;
		default:
			take_word(line, &nr, a, b);
		}
	}
	return nr ? join(text, room, line, nr) : 0;
}

bool fuzz_witness_mend_count(char *text, size_t *size, size_t room)
{
	char *steps = memmem(text, *size, "\nsteps ", 7), *feed, *end, number[16];
	unsigned lines = 0;
	size_t len, old;

	if (!steps)
		return false;
	steps += 7;
	feed = memchr(steps, '\n', text + *size - steps);
	end = feed ? memmem(feed, text + *size - feed, "\nviolation ", 11) : NULL;
	if (!end)
		return false;
	for (char *at = feed; at < end; at++)
		lines += *at == '\n';
	len = (size_t)snprintf(number, sizeof(number), "%u", lines);
	old = (size_t)(feed - steps);
	if ((len == old && !memcmp(steps, number, len)) || *size - old + len > room)
		return false;
	memmove(steps + len, feed, (size_t)(text + *size - feed));
	memcpy(steps, number, len);
	*size += len - old;
	return true;
}
