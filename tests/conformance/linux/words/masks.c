/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is not compared, all of it, and why no two kernels could agree on it:
 *
 *	number of a page frame	It says which pages others have used. What is kept is which pages
 *				are the same frame: f1, f2 ..., as long as somebody maps it.
 *	number of a swap slot	Each CPU begins at a random place of the device. Kept: s1, s2 ...
 *	address that the	The actor's own program lies around it. Kept: m1, m2 ..., and where
 *	kernel chose		in the mapping.
 *	device and inode	They count the files that were made since boot.
 *	numbers in maps
 *	REFERENCED of the	Whoever has populated a mapping since boot has set it, and nobody
 *	page of zeroes		clears it; a case has a kernel that has run others before.
 *	PRIVATE			What a file system keeps at its pages, which is its own affair: the
 *				same kernel shows it with one and not with another.
 */
#include "words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES		     4096
#define PAGE_FLAG_REFERENCED (UINT64_C(1) << 2)
#define PAGE_FLAG_ZERO_PAGE  (UINT64_C(1) << 24)
#define PAGE_FLAG_PRIVATE    (UINT64_C(3) << 35) /* and PRIVATE_2 */

struct names {
	uint64_t value[NAMES];
	uint64_t length[NAMES]; /* how much the name stands for */
	unsigned nr;
};
static struct names frames, slots, addresses;

void masks_begin(void)
{
	frames.nr = slots.nr = addresses.nr = 0;
}

/* The name that stands for @value, or nr if there is none. */
static unsigned find(const struct names *n, uint64_t value)
{
	unsigned i = 0;

	while (i < n->nr && value - n->value[i] >= n->length[i])
		i++;
	return i;
}

static void give_name(struct names *n, uint64_t value, uint64_t length)
{
	if (n->nr == NAMES)
		side_fail("a case may see %d frames, slots or addresses", NAMES);
	n->value[n->nr] = value;
	n->length[n->nr++] = length;
}

static const char *name_text(char text[TEXT_SIZE], const struct names *n, char letter,
			     uint64_t value)
{
	unsigned i = find(n, value);
	uint64_t offset = value - n->value[i];

	if (offset)
		snprintf(text, TEXT_SIZE, "%c%u+%llx", letter, i + 1, (unsigned long long)offset);
	else
		snprintf(text, TEXT_SIZE, "%c%u", letter, i + 1);
	return text;
}

/* Nobody maps it: it is free, or may soon be. The pages of zeroes never are. */
static bool is_gone(uint64_t frame, uint64_t length)
{
	uint64_t maps = 0;

	if (side_kpageflags(frame) & PAGE_FLAG_ZERO_PAGE)
		return false;
	for (uint64_t i = 0; i < length; i++)
		maps += side_kpagecount(frame + i);
	return !maps;
}

void masks_forget(void)
{
	for (unsigned i = 0; i < frames.nr; i++)
		if (frames.length[i] && is_gone(frames.value[i], frames.length[i]))
			frames.length[i] = 0;
}

const char *frame_text(char text[TEXT_SIZE], uint64_t frame, bool huge)
{
	if (find(&frames, frame) == frames.nr)
		give_name(&frames, frame, huge ? HUGE_PAGE / PAGE : 1);
	return name_text(text, &frames, 'f', frame);
}

const char *slot_text(char text[TEXT_SIZE], uint64_t slot)
{
	if (find(&slots, slot) == slots.nr)
		give_name(&slots, slot, 1);
	return name_text(text, &slots, 's', slot);
}

void mask_address(uint64_t start, uint64_t length)
{
	if (find(&addresses, start) == addresses.nr)
		give_name(&addresses, start, length);
}

const char *address_text(char text[TEXT_SIZE], uint64_t address)
{
	if (address == NO_ADDRESS)
		return "-";
	if (find(&addresses, address) != addresses.nr)
		return name_text(text, &addresses, 'm', address);
	snprintf(text, TEXT_SIZE, "%llx", (unsigned long long)address);
	return text;
}

uint64_t mask_page_flags(uint64_t flags)
{
	if (flags & PAGE_FLAG_ZERO_PAGE)
		flags &= ~PAGE_FLAG_REFERENCED;
	return flags & ~PAGE_FLAG_PRIVATE;
}
