/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers that a seed decides: SplitMix64. */
#ifndef MMU_RANDOM_H
#define MMU_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct mmu_random {
	uint64_t state;
};

static inline uint64_t mmu_random(struct mmu_random *r)
{
	uint64_t x = r->state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* 0 to @n - 1; @n is small, so that the bias is too. */
static inline unsigned mmu_below(struct mmu_random *r, unsigned n)
{
	return (mmu_random(r) >> 16) % n;
}

static inline bool mmu_one_in(struct mmu_random *r, unsigned n)
{
	return mmu_below(r, n) == 0;
}

#endif
