/* SPDX-License-Identifier: BSD-2-Clause */
#include "places.h"

#include <stdbool.h>

#include "random.h"

/* Bits 39..30 of an address: each is set in some and clear in some. */
const uint16_t mmu_gibs[MMU_GIBS] = {
	0, 4, 5, 10, 21, 42, 85, 170, 341, 426, 512, 597,
};

#define FIRST_OFFSET MMU_PLACES
#define LAST_OFFSET  UINT64_C(0x3c000000) /* firmware lies at the end of the first gigabyte */

static bool taken(const uint64_t *from, const uint64_t *to, uint64_t frame)
{
	while (from < to)
		if (*from++ == frame)
			return true;
	return false;
}

/* Fill all of @places, an array of frames, one gigabyte after the other, none twice. */
static void scatter(uint64_t *places, size_t count, struct mmu_random *r)
{
	uint64_t frames = (LAST_OFFSET - FIRST_OFFSET) >> 12;

	for (size_t i = 0; i < count; i++) {
		uint64_t frame;

		do {
			frame = mmu_gibs[i % MMU_GIBS] * MMU_GIB + FIRST_OFFSET;
			frame += (mmu_random(r) >> 16) % frames << 12;
		} while (taken(places, places + i, frame));
		places[i] = frame;
	}
}

void mmu_places(struct mmu_places *places, uint64_t seed)
{
	struct mmu_random r = { seed };

	_Static_assert(sizeof(*places) % sizeof(uint64_t) == 0, "frames and nothing else");
	scatter(places->table, sizeof(*places) / sizeof(uint64_t), &r);
}

enum mmu_page mmu_page_of(unsigned access)
{
	if (access == MMU_FETCH)
		return MMU_PAGE_CODE;
	return access == MMU_IMPLICIT ? MMU_PAGE_DESCRIPTORS : MMU_PAGE_DATA;
}

uint64_t mmu_descriptor_base(uint64_t pa)
{
	return pa >> 8; /* 32 bits hold it */
}

/* A segment: present, DPL 3, data, writable, accessed (so that loading it writes nothing). */
static uint64_t descriptor(uint64_t base)
{
	return UINT64_C(0x00cff3000000ffff) | (base & 0xffffff) << 16 | (base >> 24 & 0xff) << 56;
}

uint64_t mmu_content(enum mmu_page kind, uint64_t pa)
{
	switch (kind) {
	case MMU_PAGE_CODE:
		return MMU_CODE;
	case MMU_PAGE_DESCRIPTORS:
		return descriptor(mmu_descriptor_base(pa));
	default:
		return pa;
	}
}
