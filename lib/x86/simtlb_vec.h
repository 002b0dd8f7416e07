/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the simulator's TLB does to the lanes of a set, with SSE2 or, where SIMTLB_VEC_AVX2 is
 * defined, AVX2. Both give the same results for all inputs. Ages are written as wide as they are
 * read: a wide load after a narrow store into it waits until the store has reached the cache.
 */
#ifndef X86_SIMTLB_VEC_H
#define X86_SIMTLB_VEC_H

#include <immintrin.h>
#include <stdint.h>

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define SIMTLB_INLINE static inline __attribute__((always_inline))

/* Lanes are constant in the code of a preset: unroll. Clang does it by itself. */
#ifdef __clang__
#define SIMTLB_UNROLL
#else
#define SIMTLB_UNROLL _Pragma("GCC unroll 16")
#endif

#ifdef SIMTLB_VEC_AVX2

/* Which of 4 lanes equal @key: a mask. */
SIMTLB_INLINE unsigned vec_match4(const uint64_t *tag, uint64_t key)
{
	__m256i hit = _mm256_cmpeq_epi64(_mm256_load_si256((const __m256i *)tag),
					 _mm256_set1_epi64x((long long)key));

	return (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(hit));
}

#else

/* SSE2 has no 64-bit comparison: both halves must be equal. */
SIMTLB_INLINE unsigned vec_match2(const uint64_t *tag, __m128i key)
{
	__m128i half = _mm_cmpeq_epi32(_mm_load_si128((const __m128i *)tag), key);
	__m128i both = _mm_and_si128(half, _mm_shuffle_epi32(half, _MM_SHUFFLE(2, 3, 0, 1)));

	return (unsigned)_mm_movemask_pd(_mm_castsi128_pd(both));
}

SIMTLB_INLINE unsigned vec_match4(const uint64_t *tag, uint64_t key)
{
	__m128i wanted = _mm_set1_epi64x((long long)key);

	return vec_match2(tag, wanted) | vec_match2(tag + 2, wanted) << 2;
}

#endif

/* The lane of @lanes (a multiple of 4) whose tag is @key, or -1. At most one is. */
SIMTLB_INLINE int vec_find(const uint64_t *tag, unsigned lanes, uint64_t key)
{
	for (unsigned base = 0; base < lanes; base += 64) {
		unsigned end = lanes - base < 64 ? lanes - base : 64;
		uint64_t mask = 0;

		SIMTLB_UNROLL
		for (unsigned lane = 0; lane < end; lane += 4)
			mask |= (uint64_t)vec_match4(tag + base + lane, key) << lane;
		if (mask)
			return (int)(base + (unsigned)__builtin_ctzll(mask));
	}
	return -1;
}

/*
 * Replace the oldest of @ways, whose age is ways - 1: all others age by one, it becomes the
 * youngest. Returns its lane. Spare lanes stay at 255. @lanes is a multiple of 16.
 */
SIMTLB_INLINE unsigned vec_replace_oldest(uint8_t *age, unsigned lanes, unsigned ways)
{
	__m128i wanted = _mm_set1_epi8((char)(ways - 1)), one = _mm_set1_epi8(1);
	unsigned way = 0;

	SIMTLB_UNROLL
	for (unsigned base = 0; base < lanes; base += 16) {
		__m128i old = _mm_load_si128((const __m128i *)(age + base));
		__m128i hit = _mm_cmpeq_epi8(old, wanted);
		unsigned mask = (unsigned)_mm_movemask_epi8(hit);

		if (lanes == 16 || mask)
			way = base + (unsigned)__builtin_ctz(mask | 1u << 31);
		_mm_store_si128((__m128i *)(age + base),
				_mm_andnot_si128(hit, _mm_adds_epu8(old, one)));
	}
	return way;
}

/* Make @lane the youngest: those that were younger age by one. */
SIMTLB_INLINE void vec_touch(uint8_t *age, unsigned lanes, unsigned lane)
{
	__m128i mine = _mm_set1_epi8((char)age[lane]), one = _mm_set1_epi8(1);
	__m128i number = _mm_set_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
	__m128i self = _mm_cmpeq_epi8(number, _mm_set1_epi8((char)(lane & 15)));

	SIMTLB_UNROLL
	for (unsigned base = 0; base < lanes; base += 16) {
		__m128i old = _mm_load_si128((const __m128i *)(age + base));
		__m128i step = _mm_min_epu8(_mm_subs_epu8(mine, old), one);
		__m128i new = _mm_add_epi8(old, step);

		if (lanes == 16 || base == (lane & ~15u))
			new = _mm_andnot_si128(self, new);
		_mm_store_si128((__m128i *)(age + base), new);
	}
}

#endif
