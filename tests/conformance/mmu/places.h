/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frames that vectors use: for tables, and for what tables lead to.
 *
 * They lie in a few gigabytes whose numbers set every bit of a 40-bit physical address, at offsets
 * that do the same for the bits below, so that a walker which drops a bit of a frame goes astray.
 * What lies at an address can be told from the address alone: mmu_content().
 */
#ifndef MMU_PLACES_H
#define MMU_PLACES_H

#include <stddef.h>
#include <stdint.h>

#include "vector.h"

/* The guest's memory: 1 GiB from 0, the rest from 4 GiB up. */
#define MMU_GIB	     (UINT64_C(1) << 30)
#define MMU_RAM	     (640 * MMU_GIB)
#define MMU_RAM_LOW  MMU_GIB
#define MMU_RAM_HIGH (4 * MMU_GIB)
#define MMU_NR_GIB   (MMU_RAM_HIGH / MMU_GIB + (MMU_RAM - MMU_RAM_LOW) / MMU_GIB)

#define MMU_GIBS   12
#define MMU_TABLES 8 /* of each kind in each gigabyte */
#define MMU_PAGES  4

/* What a page is for; each kind has contents of its own. */
enum mmu_page {
	MMU_PAGE_DATA,	      /* every word is its own address */
	MMU_PAGE_CODE,	      /* int3 */
	MMU_PAGE_DESCRIPTORS, /* user data segments whose base is the address, shifted */
	MMU_PAGE_KINDS,
};

struct mmu_places {
	uint64_t table[MMU_GIBS * MMU_TABLES];
	uint64_t page[MMU_PAGE_KINDS][MMU_GIBS * MMU_PAGES];
};

extern const uint16_t mmu_gibs[MMU_GIBS];

/* The same places for the same @seed. */
void mmu_places(struct mmu_places *places, uint64_t seed);

/* Which kind of page an access of this kind (enum mmu_access) goes to. */
enum mmu_page mmu_page_of(unsigned access);

/* The eight bytes at @pa, a multiple of 8, of a page of this kind. */
uint64_t mmu_content(enum mmu_page kind, uint64_t pa);

/* The base of the segment that the descriptor at @pa describes. */
uint64_t mmu_descriptor_base(uint64_t pa);

#endif
