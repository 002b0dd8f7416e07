/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page-table entries, raw but for the frame:
 *
 *	present, or with bit 8		the frame is in bits 12 to 51, from 21 on if huge; inverted
 *	(a hint, PROT_NONE)		if the entry is not present
 *	neither				swap: the slot is in bits 9 to 58, inverted
 */
#include "words.h"

#include <stdio.h>
#include <string.h>

#define PRESENT	  UINT64_C(1)
#define HUGE_BIT  (UINT64_C(1) << 7)
#define PROTNONE  (UINT64_C(1) << 8)
#define FRAME	  UINT64_C(0x000ffffffffff000)
#define HUGE_FRAME UINT64_C(0x000fffffffe00000)
#define SLOT	  UINT64_C(0x07fffffffffffe00)

static bool leads_on(uint64_t entry, unsigned level)
{
	return level > 1 && entry & PRESENT && !(entry & HUGE_BIT && level <= 3);
}

static int print_leaf(char *text, size_t size, const char *name, uint64_t entry, unsigned level)
{
	uint64_t mask = level > 1 ? HUGE_FRAME : FRAME;
	char frame[TEXT_SIZE];

	if (!entry)
		return snprintf(text, size, " %s=0", name);
	if (!(entry & (PRESENT | PROTNONE)) && !(level > 1 && entry & HUGE_BIT)) {
		slot_text(frame, (~entry & SLOT) >> 9);
		mask = SLOT;
	} else {
		frame_text(frame, ((entry & PRESENT ? entry : ~entry) & mask) >> 12, level > 1);
	}
	return snprintf(text, size, " %s=%llx %s", name, (unsigned long long)(entry & ~mask),
			frame);
}

void entries(struct actor *a, uint64_t p)
{
	static const char *const name[] = {"pte", "pmd", "pud", "p4d", "pgd"};
	uint64_t entry[SIDE_LEVELS];
	unsigned nr = side_entries(a->side, p, entry);
	char text[256] = "", where[TEXT_SIZE];
	size_t used = 0;

	for (unsigned level = nr; level; level--) {
		const char *called = level == nr ? "pgd" : name[level - 1];
		uint64_t value = entry[nr - level];

		if (!leads_on(value, level)) {
			print_leaf(text + used, sizeof(text) - used, called, value, level);
			break;
		}
		used += (size_t)snprintf(text + used, sizeof(text) - used, " %s=%llx", called,
					 (unsigned long long)(value & ~FRAME));
	}
	line("entries %s %s:%s", a->name, address_text(where, p), text);
}
