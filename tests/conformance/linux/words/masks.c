/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is not compared, all of it, and why no two kernels could agree on it:
 *
 * | masked | why |
 * | --- | --- |
 * | number of a page frame | it says which pages others used before; which pages are the same frame is kept, as f1, f2 ... |
 * | number of a swap slot | a random start in the device, chosen per CPU, to spread wear; slots keep names s1, s2 ... |
 * | an address that the kernel chose | the actor's own program lies around it; names m1, m2 ... and distances inside a mapping are kept |
 * | device and inode numbers in maps | they count the files that were made since boot |
 * | REFERENCED of the zero page | whoever populated a mapping since boot has set it, and nobody clears it; a case has a kernel that has run others before |
 */
#include "words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES		     4096
#define PAGE_FLAG_REFERENCED (UINT64_C(1) << 2)
#define PAGE_FLAG_ZERO_PAGE  (UINT64_C(1) << 24)

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
	return flags & PAGE_FLAG_ZERO_PAGE ? flags & ~PAGE_FLAG_REFERENCED : flags;
}
