/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations as text, and at random. */
#include "differential.h"

#include <stdio.h>
#include <string.h>

const char *op_name(enum op_kind kind)
{
	static const char *const name[] = {
#define X(id, text) text,
		OPS(X)
#undef X
	};

	return name[kind];
}

void op_print(const struct op *op)
{
	printf("P%u %s page %u n %u other %u arg %#x\n", op->proc, op_name(op->kind), op->page,
	       op->n, op->other, op->arg);
}

unsigned end_of_region(unsigned page)
{
	return page < HEAP_FIRST ? HEAP_FIRST : page < TOP_FIRST ? TOP_FIRST
	     : page < HUGE_FIRST ? HUGE_FIRST : MODEL_PAGES;
}

bool op_parse(struct op *op, const char *line)
{
	unsigned proc, page, n, other, arg;
	char name[32];

	if (sscanf(line, "P%u %31s page %u n %u other %u arg %x", &proc, name, &page, &n, &other,
		   &arg) != 6)
		return false;
	*op = (struct op){OP_NR, (uint8_t)proc, (uint16_t)page, (uint16_t)n, (uint16_t)other, arg};
	for (unsigned i = 0; i < OP_NR; i++)
		if (!strcmp(name, op_name(i)))
			op->kind = (uint8_t)i;
	return op->kind < OP_NR && proc < MODEL_PROCS && page < MODEL_PAGES && n &&
	       page + n <= end_of_region(page) && other < WINDOW_PAGES;
}

uint64_t next_random(uint64_t *state)
{
	uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15); /* SplitMix64 */

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* How often each kind comes, out of the sum. */
static const uint8_t weight[OP_NR] = {
	[OP_STORE] = 60, [OP_LOAD] = 40, [OP_TOUCH] = 12, [OP_MMAP] = 12, [OP_MMAP_SHARED] = 4,
	[OP_MMAP_FILE] = 8, [OP_MUNMAP] = 8, [OP_MPROTECT] = 14, [OP_MREMAP] = 6, [OP_MOVE] = 6,
	[OP_MADVISE] = 24, [OP_MLOCK] = 4, [OP_MUNLOCK] = 4, [OP_MLOCKALL] = 2, [OP_BRK] = 4,
	[OP_MBIND] = 12, [OP_MEMPOLICY] = 4, [OP_HOME] = 3, [OP_WEIGHT] = 1, [OP_TRUNCATE] = 3,
	[OP_FORK] = 3, [OP_EXIT] = 2, [OP_RUN] = 4, [OP_CPU] = 3, [OP_PEEK] = 3, [OP_POKE] = 3,
	[OP_HINT] = 3, [OP_NOREPLACE] = 3, [OP_ANYWHERE] = 3, [OP_MAYMOVE] = 4, [OP_CLEAR_REFS] = 2,
	[OP_PREAD] = 3, [OP_PWRITE] = 3, [OP_FSYNC] = 1, [OP_THREAD] = 2, [OP_EXEC] = 1,
	[OP_GUP] = 4,
};

#define AUDIT	500 /* operations between looks at the books */
#define COMPARE 1000

static uint8_t pick(uint64_t r)
{
	unsigned sum = 0, at;
	uint8_t kind = 0;

	for (unsigned i = 0; i < OP_NR; i++)
		sum += weight[i];
	for (at = r % sum; at >= weight[kind]; kind++)
		at -= weight[kind];
	return kind;
}

/* Most ranges are small and near each other; some are whole huge pages. Three in sixteen
 * are on the heap, in hugetlb memory or where the kernel puts mappings. */
static void pick_range(struct op *op, uint64_t r, uint64_t s)
{
	unsigned size = r >> 40 & 15, region = r >> 57 & 15;

	op->n = (uint16_t)(size < 12 ? 1 + (r >> 44) % 16 : size < 14 ? 1 + (r >> 44) % 600 : 512);
	op->page = (uint16_t)(s >> 32 & 3 ? (s >> 34) % 256 + 512 * (s >> 50 & 1)
					  : (s >> 34) % WINDOW_PAGES);
	if (op->n == 512)
		op->page &= (uint16_t)~511u;
	if (region == 0)
		op->page = (uint16_t)(HEAP_FIRST + (s >> 34) % HEAP_PAGES);
	if (region == 1)
		op->page = (uint16_t)(HUGE_FIRST + (s >> 34) % HUGE_PAGES);
	if (region == 2)
		op->page = (uint16_t)(HUGE_FIRST - 1 - (s >> 34) % TOP_PAGES);
	if (op->page + op->n > end_of_region(op->page))
		op->n = (uint16_t)(end_of_region(op->page) - op->page);
}

struct op generate(uint64_t *state, int i)
{
	uint64_t r = next_random(state), s = next_random(state);
	struct op op = {.kind = pick(r), .proc = r >> 32 & 3, .arg = (uint32_t)s};

	pick_range(&op, r, s);
	op.other = (uint16_t)(next_random(state) % WINDOW_PAGES);
	if (i % AUDIT == AUDIT - 1)
		op.kind = i % COMPARE == COMPARE - 1 ? OP_COMPARE : OP_AUDIT;
	return op;
}
