/* SPDX-License-Identifier: BSD-2-Clause */
/* Sequences at random. */
#include "sequence.h"

#include <sys/mman.h>

#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED 24
#endif

static uint64_t next_random(uint64_t *state)
{
	uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15); /* SplitMix64 */

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static unsigned below(uint64_t *state, unsigned limit)
{
	return (unsigned)(next_random(state) >> 32) % limit;
}

/* How often each kind comes, out of the sum. */
static const uint8_t weight[OP_NR] = {
	[OP_STORE] = 34, [OP_LOAD] = 20, [OP_READ] = 10, [OP_WRITE] = 16, [OP_MAP] = 18,
	[OP_UNMAP] = 6, [OP_PROTECT] = 14, [OP_ADVISE] = 26, [OP_REMAP] = 8, [OP_FORK] = 6,
	[OP_THREAD] = 3, [OP_EXIT] = 4, [OP_MOVE] = 3, [OP_BIND] = 8, [OP_POLICY] = 4,
	[OP_HOME] = 2, [OP_LOCK] = 5, [OP_UNLOCK] = 5, [OP_LOCK_ALL] = 1, [OP_UNLOCK_ALL] = 1,
	[OP_RESIZE] = 4, [OP_FILL] = 3, [OP_CLEAR_REFS] = 4, [OP_SETTLE] = 5, [OP_SWAP_ON] = 2,
	[OP_SHOW_POLICY] = 2,
};

/*
 * All that a sequence maps is private and anonymous, or there is neither interleaving nor swap. On
 * which node interleaving begins in shared memory is said by its inode's number, which counts the
 * files since boot; that shared memory goes to swap is not built.
 */
static bool is_private(uint64_t seed)
{
	return seed % 4 < 2;
}

static uint8_t pick_kind(uint64_t seed, uint64_t *state)
{
	unsigned sum = 0, at;
	uint8_t kind = 0;

	for (unsigned i = 0; i < OP_NR; i++)
		sum += weight[i];
	for (at = below(state, sum); at >= weight[kind]; kind++)
		at -= weight[kind];
	return kind == OP_SWAP_ON && !is_private(seed) ? OP_SETTLE : kind;
}

static bool has_huge_pages(uint64_t seed)
{
	return seed & 1;
}

/* Those of lib/mm that a kernel without a memory cgroup answers at once. */
static const uint8_t advices[] = {
	MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_DONTNEED, MADV_DONTNEED, MADV_DONTNEED,
	MADV_FREE, MADV_FREE, MADV_DONTFORK, MADV_DOFORK, MADV_HUGEPAGE, MADV_HUGEPAGE,
	MADV_NOHUGEPAGE, MADV_DONTDUMP, MADV_DODUMP, MADV_WIPEONFORK, MADV_KEEPONFORK, MADV_COLD,
	MADV_COLD, MADV_PAGEOUT, MADV_PAGEOUT, MADV_PAGEOUT, MADV_POPULATE_READ,
	MADV_POPULATE_WRITE, MADV_DONTNEED_LOCKED, MADV_WILLNEED,
};

/*
 * Most ranges are short and among the first pages, where they meet; some lie across the end of a
 * block, some are whole blocks, which may become huge pages.
 */
static void pick_range(struct op *op, uint64_t *state)
{
	unsigned where = below(state, 16);

	if (where < 9) {
		op->page = (uint16_t)below(state, 24);
		op->n = (uint16_t)(1 + below(state, 12));
	} else if (where < 12) {
		op->page = (uint16_t)(BLOCK_PAGES - 6 + below(state, 12));
		op->n = (uint16_t)(1 + below(state, 10));
	} else {
		op->page = (uint16_t)(BLOCK_PAGES * below(state, 3));
		op->n = BLOCK_PAGES;
	}
}

/* Single pages: mostly one that a short range has; or anywhere in a block. */
static uint16_t pick_page(uint64_t *state)
{
	switch (below(state, 8)) {
	case 0:
		return (uint16_t)below(state, WINDOW_PAGES);
	case 1:
	case 2:
		return (uint16_t)(BLOCK_PAGES - 6 + below(state, 20));
	default:
		return (uint16_t)below(state, 32);
	}
}

/* These split a huge page that they reach in part. */
static bool splits(uint8_t advice)
{
	return advice == MADV_PAGEOUT || advice == MADV_COLD || advice == MADV_FREE;
}

/*
 * Splitting a page is not built as v6.12 does it, where parts that hold only zeroes become the
 * page of zeroes, nor how huge pages go out: a sequence has huge pages, or advice that would split
 * them.
 */
static uint32_t pick_advice(uint64_t seed, uint64_t *state)
{
	uint8_t advice = advices[below(state, sizeof(advices))];

	if (has_huge_pages(seed))
		return splits(advice) ? MADV_NORMAL : advice;
	return advice == MADV_HUGEPAGE ? MADV_NORMAL : advice;
}

static uint32_t pick_argument(const struct op *op, uint64_t seed, uint64_t *state)
{
	uint32_t any = below(state, 1u << 12);

	switch (op->kind) {
	case OP_ADVISE:
		return pick_advice(seed, state);
	case OP_STORE:
		return 2 + below(state, 1u << 16);
	case OP_MAP:
		return is_private(seed) ? any & ~ANY_KIND_OF_MAPPING : any;
	case OP_BIND:
		return !is_private(seed) && (any & 7) == BIND_INTERLEAVE ? any - 1 : any;
	default:
		return any;
	}
}

/* Whoever may be there: those that were born. */
static void pick_actor(struct op *op, unsigned *born, uint64_t *state)
{
	unsigned alive[MAX_ACTORS], nr = 0;

	for (unsigned i = 0; i < MAX_ACTORS; i++)
		if (*born >> i & 1)
			alive[nr++] = i;
	op->actor = (uint8_t)alive[below(state, nr)];
	if (op->kind == OP_FORK || op->kind == OP_THREAD)
		for (unsigned i = 0; i < MAX_ACTORS; i++)
			if (!(*born >> i & 1)) {
				op->other = (uint16_t)i;
				*born |= 1u << i;
				return;
			}
	if (op->kind == OP_EXIT && nr > 1)
		*born &= ~(1u << op->actor);
}

static bool is_access(const struct op *op)
{
	return op->kind == OP_STORE || op->kind == OP_LOAD;
}

static bool has_range(const struct op *op)
{
	switch (op->kind) {
	case OP_READ: case OP_WRITE: case OP_MAP: case OP_UNMAP: case OP_PROTECT: case OP_ADVISE:
	case OP_REMAP: case OP_BIND: case OP_HOME: case OP_LOCK: case OP_UNLOCK:
		return true;
	default:
		return false;
	}
}

static struct op generate(unsigned *born, uint64_t seed, uint64_t *state)
{
	struct op op = {.kind = pick_kind(seed, state), .n = 1};

	op.other = pick_page(state);
	if (has_range(&op))
		pick_range(&op, state);
	else if (is_access(&op) || op.kind == OP_SHOW_POLICY)
		op.page = pick_page(state);
	else if (op.kind == OP_RESIZE || op.kind == OP_FILL)
		op.n = (uint16_t)(1 + below(state, FILE_PAGES));
	pick_actor(&op, born, state);
	op.arg = pick_argument(&op, seed, state);
	return op;
}

/* The first call makes a mapping to begin with: half of the time one that may have huge pages. */
void sequence_generate(struct sequence *s, uint64_t seed, unsigned nr)
{
	uint64_t state = seed;
	unsigned born = 1;

	s->seed = seed;
	s->nr = nr;
	s->op[0] = (struct op){.kind = OP_MAP, .n = WINDOW_PAGES, .arg = 2};
	s->op[1] = (struct op){.kind = OP_ADVISE, .n = WINDOW_PAGES,
			       .arg = has_huge_pages(seed) ? MADV_HUGEPAGE : MADV_NORMAL};
	for (unsigned i = 2; i < nr; i++)
		s->op[i] = generate(&born, seed, &state);
}
