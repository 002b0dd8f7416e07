/* SPDX-License-Identifier: BSD-2-Clause */
/* The simulator's TLB: its memory, its registers, and running accesses on it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "x86/entry.h"
#include "x86/simtlb.h"

static size_t round_up(size_t bytes)
{
	return (bytes + SIMTLB_ALIGN - 1) & ~(size_t)(SIMTLB_ALIGN - 1);
}

/* Reserve @bytes at *@at; where that is in @block, or NULL without a block. */
static void *part(char *block, size_t *at, size_t bytes)
{
	size_t start = *at;

	*at += round_up(bytes);
	return block ? block + start : NULL;
}

static void lay_out(struct simtlb_array *array, const struct numasim_tlb_array *shape, char *block,
		    size_t *at)
{
	array->sets = part(block, at, shape->sets * simtlb_stride(shape));
	if (shape->policy == NUMASIM_TLB_TREE_PLRU)
		array->away = part(block, at, shape->ways * sizeof(*array->away));
	if (shape->policy == NUMASIM_TLB_TREE_PLRU && shape->ways <= 8)
		array->turn = part(block, at, (1u << shape->ways) * sizeof(*array->turn));
}

/* Bytes in all; with @tlb, at the start of the block, also says where in it each array is. */
static size_t lay_out_all(struct numasim_tlb *tlb, const struct numasim_tlb_geometry *geometry)
{
	size_t at = round_up(sizeof(*tlb));

	for (unsigned level = 0; level < NUMASIM_TLB_LEVELS; level++)
		for (unsigned a = 0; a < NUMASIM_TLB_ARRAYS; a++) {
			struct simtlb_array array = {0};

			if (geometry->level[level][a].sets)
				lay_out(&array, &geometry->level[level][a], (char *)tlb, &at);
			if (tlb)
				tlb->array[level][a] = array;
		}
	return at;
}

size_t simtlb_bytes(const struct numasim_tlb_geometry *geometry)
{
	return lay_out_all(NULL, geometry);
}

/* Ages 0, 1, 2, … so that a permutation stays one; 255 in the spare lanes. */
static void init_ages(const struct simtlb_array *array, const struct numasim_tlb_array *shape)
{
	for (unsigned set = 0; set < shape->sets; set++) {
		uint64_t *tags = simtlb_tags(array, shape, set);
		uint8_t *age = (uint8_t *)(tags + 2 * simtlb_lanes(shape));

		for (unsigned lane = 0; lane < simtlb_age_lanes(shape); lane++)
			age[lane] = lane < shape->ways ? lane : 255;
	}
}

/* For each way: the nodes above it, and how they point when they point elsewhere. */
static void init_tree(struct simtlb_array *array, const struct numasim_tlb_array *shape)
{
	for (unsigned way = 0; way < shape->ways; way++) {
		uint64_t path = 0, bits = 0;

		for (unsigned node = way + shape->ways; node > 1; node /= 2) {
			path |= UINT64_C(1) << node / 2;
			bits |= (uint64_t)(node % 2 == 0) << node / 2;
		}
		array->away[way][0] = ~path;
		array->away[way][1] = bits;
	}
	for (unsigned tree = 0; shape->ways <= 8 && tree < 1u << shape->ways; tree++) {
		unsigned node = 1;

		while (node < shape->ways)
			node = node * 2 + (tree >> node & 1);
		node -= shape->ways;
		array->turn[tree][0] = (uint8_t)node;
		array->turn[tree][1] =
			(uint8_t)((tree & array->away[node][0]) | array->away[node][1]);
	}
}

struct numasim_tlb *simtlb_init(void *block, const struct numasim_tlb_geometry *geometry)
{
	struct numasim_tlb *tlb = block;
	struct numasim_tlb_regs regs = {0};

	memset(block, 0, simtlb_bytes(geometry));
	tlb->geometry = *geometry;
	lay_out_all(tlb, geometry);
	for (unsigned level = 0; level < NUMASIM_TLB_LEVELS; level++)
		for (unsigned a = 0; a < NUMASIM_TLB_ARRAYS; a++) {
			const struct numasim_tlb_array *shape = &geometry->level[level][a];
			struct simtlb_array *array = &tlb->array[level][a];

			array->count[0] = shape->sets * shape->ways;
			if (shape->sets && shape->policy == NUMASIM_TLB_TREE_PLRU)
				init_tree(array, shape);
			else if (shape->sets)
				init_ages(array, shape);
		}
	numasim_tlb_set_regs(tlb, &regs, NULL);
	simtlb_choose(tlb, SIMTLB_BEST, false);
	return tlb;
}

int simtlb_choose(struct numasim_tlb *tlb, enum simtlb_isa isa, bool general)
{
	bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
		    __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
	const struct simtlb_ops *ops;

	if (isa == SIMTLB_AVX2 && !avx2)
		return -ENOTSUP;
	ops = isa == SIMTLB_SSE2 || !avx2 ? simtlb_ops_sse2 : simtlb_ops_avx2;
	while (ops->geometry &&
	       (general || memcmp(ops->geometry, &tlb->geometry, sizeof(tlb->geometry))))
		ops++;
	tlb->ops = ops;
	return 0;
}

int numasim_tlb_create(struct numasim_tlb **tlb, const struct numasim_tlb_geometry *geometry,
		       struct numasim_error *err)
{
	int rc = numasim_tlb_check_geometry(geometry, err);
	void *block;

	if (rc)
		return rc;
	block = aligned_alloc(SIMTLB_ALIGN, simtlb_bytes(geometry));
	if (!block)
		return error_set(err, -ENOMEM, "no memory for a TLB of %zu bytes",
				 simtlb_bytes(geometry));
	*tlb = simtlb_init(block, geometry);
	return 0;
}

void numasim_tlb_destroy(struct numasim_tlb *tlb)
{
	free(tlb);
}

void numasim_tlb_set_memory(struct numasim_tlb *tlb, char *const *gib, uint64_t nr_gib)
{
	tlb->map.base = (char **)gib;
	tlb->map.nr_gib = nr_gib;
}

const char *numasim_tlb_path(const struct numasim_tlb *tlb)
{
	return tlb->ops->path;
}

/* No kind has both low bits set, and none is above 6. */
static bool kinds_valid(const uint8_t *kind, size_t n)
{
	uint8_t bad = 0;

	for (size_t i = 0; i < n; i++)
		bad |= (kind[i] & kind[i] >> 1 & 1) | (kind[i] & 0xf8);
	return !bad;
}

int numasim_tlb_access_batch(size_t *done, struct numasim_tlb *tlb,
			     const struct numasim_tlb_batch *batch, struct numasim_tlb_fault *fault)
{
	struct numasim_tlb_fault here = {0};
	const uint8_t *kind = batch->kind ? batch->kind : &batch->kind_of_all;

	*done = 0;
	if (fault)
		*fault = here;
	if (!batch->n)
		return 0;
	if (!batch->va || !tlb->map.base || !kinds_valid(kind, batch->kind ? batch->n : 1))
		return -EINVAL;
	tlb->batch += UINT64_C(1) << SIMTLB_BATCH_SHIFT;
	if (!tlb->batch) { /* numbers start again: forget all that bears an old one */
		memset(tlb->table, 0, sizeof(tlb->table));
		tlb->batch = UINT64_C(1) << SIMTLB_BATCH_SHIFT;
	}
	*done = tlb->ops->run(tlb, batch, &here);
	if (*done == batch->n)
		return 0;
	tlb->count.faults++;
	here.index = *done;
	if (fault)
		*fault = here;
	return 0;
}

int numasim_tlb_access(uint64_t *pa, uint8_t *how, struct numasim_tlb *tlb, uint64_t va,
		       unsigned kind, struct numasim_tlb_fault *fault)
{
	struct numasim_tlb_batch batch = {.va = &va, .n = 1, .pa = pa, .how = how};
	size_t done;
	int rc;

	if (kind > 0xff)
		return -EINVAL;
	batch.kind_of_all = (uint8_t)kind;
	rc = numasim_tlb_access_batch(&done, tlb, &batch, fault);
	if (rc)
		return rc;
	return done ? 0 : -EFAULT;
}

void numasim_tlb_get_counters(struct numasim_tlb_counters *counters, const struct numasim_tlb *tlb)
{
	*counters = tlb->count;
	for (unsigned size = 0; size < NUMASIM_TLB_SIZES; size++)
		counters->accesses += tlb->count.hits[0][size] + tlb->count.hits[1][size] +
				      tlb->count.walks[size];
}

void numasim_tlb_reset_counters(struct numasim_tlb *tlb)
{
	memset(&tlb->count, 0, sizeof(tlb->count));
}
