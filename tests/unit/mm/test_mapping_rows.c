/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What rows about mappings change: the same calls in the last release without the row and in the
 * first with it.
 */
#include "call_world.h"

#include "mm/hugetlb.h"

#define ANON   (MAP_PRIVATE | MAP_ANONYMOUS)
#define SHARED (MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED)
#define MIB(n) ((uint64_t)(n) << 20)

static long map(struct call_world *w, uint64_t addr, uint64_t len, unsigned prot,
		unsigned long flags)
{
	return CALL(w, sys_mmap(addr, len, prot, flags, NULL, 0));
}

static long map_file(struct call_world *w, unsigned long flags, uint64_t offset)
{
	struct file *file = NULL;
	long ret;

	CALL(w, (file = file_create(FILE_REGULAR, "file", P(4)), 0));
	assert_non_null(file);
	file->readable = file->writable = true;
	ret = CALL(w, sys_mmap(W, P(1), PROT_READ, flags | MAP_FIXED, file, offset));
	CALL(w, (file_put(file), 0));
	return ret == (long)W ? 0 : ret;
}

static long validate(struct call_world *w)
{
	return map_file(w, MAP_SHARED_VALIDATE, 0);
}

static long far_offset(struct call_world *w)
{
	return map_file(w, MAP_PRIVATE, UINT64_C(1) << 63);
}

/* With no room between 4 GiB and mmap_base: is one found below 4 GiB? */
static long above_4g(struct call_world *w)
{
	const uint64_t base = w->mm->mmap_base, four = MIB(4096);

	map(w, four, base - four, PROT_NONE, ANON | MAP_FIXED | MAP_NORESERVE);
	return map(w, 0, P(1), PROT_READ, ANON | MAP_ABOVE4G) < (long)four;
}

static long droppable(struct call_world *w)
{
	long ret = map(w, W, P(1), RW, MAP_DROPPABLE | MAP_ANONYMOUS | MAP_FIXED);

	return ret == (long)W ? 0 : ret;
}

static long for_stack(struct call_world *w)
{
	map(w, W, P(1), RW, FIXED | MAP_STACK);
	return !!(vma_at(w, 0)->vm_flags & VM_NOHUGEPAGE);
}

static long aligned_3m(struct call_world *w)
{
	return !(map(w, 0, MIB(3), RW, ANON) & (HPAGE_SIZE - 1));
}

/* A promise of nearly all memory, some of which is in use. */
static long nearly_all(struct call_world *w)
{
	const struct numasim_machine *m = w->system->machine;
	uint64_t total = 0;
	long ret;

	for (unsigned i = 0; i < m->nr_nodes; i++)
		total += m->node[i].nr_frames;
	ret = map(w, W, P(total), RW, FIXED);
	return ret == (long)W ? 0 : ret;
}

static long counts_as_written(struct call_world *w)
{
	map_at(w, 0, 1, RW);
	return !!(vma_at(w, 0)->vm_flags & VM_SOFTDIRTY);
}

static long keeps_old(struct call_world *w)
{
	map_at(w, 0, 4, RW);
	assert_int_equal(map(w, W, MIB(100000), RW, FIXED), -ENOMEM);
	return vma_at(w, 0) != NULL;
}

/* Is mmap_sem held for reading when the flush of a munmap() comes? */
static void note_lock(void *payload, enum event_kind kind, uint64_t where)
{
	struct call_world *w = payload;

	if (kind == EVENT_FLUSHED)
		w->seen = w->mm->mmap_sem.readers == 1 && !w->mm->mmap_sem.writer;
}

static long unmaps_shared(struct call_world *w)
{
	w->seen = -1;
	map_at(w, 0, 4, RW);
	assert_true(store(w, 1));
	w->system->machine->exec.event = note_lock;
	w->system->machine->exec.event_payload = w;
	assert_int_equal(CALL(w, sys_munmap(W, P(4))), 0);
	w->system->machine->exec.event = NULL;
	return w->seen;
}

static long unmaps_shared_below_stack(struct call_world *w)
{
	map(w, W + P(400), P(1), RW, FIXED | MAP_GROWSDOWN);
	return unmaps_shared(w);
}

static long dontunmap_shared(struct call_world *w)
{
	map(w, W, P(4), RW, SHARED);
	return CALL(w, sys_mremap(W, P(4), P(4), MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0)) < 0;
}

/* To the place right above: do the two become one? */
static long dontunmap_above(struct call_world *w)
{
	map_at(w, 0, 4, RW);
	CALL(w, sys_mremap(W, P(4), P(4), MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP,
			   W + P(4)));
	return w->mm->map_count;
}

static long shrink_nothing(struct call_world *w)
{
	return CALL(w, sys_mremap(W, P(2), P(1), 0, 0)) == (long)W;
}

static long move_near_limit(struct call_world *w)
{
	long ret;

	map_at(w, 0, 1, RW);
	map_at(w, 10, 1, RW);
	w->mm->map_count += MAX_MAP_COUNT - 5 - 2;
	ret = CALL(w, sys_mremap(W, P(1), P(1), MREMAP_MAYMOVE | MREMAP_FIXED, W + P(10)));
	return ret == (long)(W + P(10)) ? 0 : ret;
}

static long mlock2_call(struct call_world *w)
{
	map_at(w, 0, 1, RW);
	return CALL(w, sys_mlock2(W, P(1), MLOCK_ONFAULT));
}

static long mlock_again(struct call_world *w)
{
	map_at(w, 0, 4, RW);
	w->mm->unprivileged = true;
	w->mm->rlimit_memlock = P(4);
	assert_int_equal(CALL(w, sys_mlock(W, P(3))), 0);
	return CALL(w, sys_mlock(W, P(4)));
}

static long onfault_alone(struct call_world *w)
{
	return CALL(w, sys_mlockall(MCL_ONFAULT));
}

static long promise_taken_back(struct call_world *w)
{
	map_at(w, 0, 1, RW);
	CALL(w, sys_mprotect(W, P(1), PROT_READ));
	return !(vma_at(w, 0)->vm_flags & VM_ACCOUNT);
}

static long copied_at_once(struct call_world *w)
{
	map(w, W, P(2), PROT_READ, FIXED | MAP_LOCKED);
	CALL(w, sys_mprotect(W, P(2), RW));
	return w->mm->rss[MM_ANONPAGES];
}

static long huge_advice_shared(struct call_world *w)
{
	map(w, W, P(4), RW, SHARED);
	return CALL(w, sys_madvise(W, P(4), MADV_HUGEPAGE));
}

static long populate_over_hole(struct call_world *w)
{
	map_at(w, 0, 1, RW);
	map_at(w, 4, 4, PROT_NONE);
	return CALL(w, sys_madvise(W, P(8), MADV_POPULATE_READ));
}

static long dontneed_hugetlb(struct call_world *w)
{
	assert_int_equal(CALL(w, hugetlb_set_pool(1)), 1);
	assert_int_equal(map(w, W, MIB(2), RW, FIXED | MAP_HUGETLB), W);
	return CALL(w, sys_madvise(W, MIB(2), MADV_DONTNEED));
}

static const struct {
	const char *row; /* as rows.def calls it */
	const char *before, *since;
	long (*calls)(struct call_world *w);
	long result_before, result_since;
} rows[] = {
	{"1c9725974074", "v4.14", "v4.15", validate, -EINVAL, 0},
	{"be83bbf80682", "v4.16", "v4.17", far_offset, 0, -EOVERFLOW},
	{"29f890d1050f", "v6.5", "v6.6", above_4g, 1, 0},
	{"9651fcedf7b9", "v6.10", "v6.11", droppable, -EINVAL, 0},
	{"c4608d1bf7c6", "v6.6", "v6.7", for_stack, 0, 1},
	{"efa7df3e3bb5", "v6.6", "v6.7", aligned_3m, 0, 1},
	{"d4148aeab412", "v6.12", "debian-6.12.117", aligned_3m, 1, 0},
	{"8c7829b04c52", "v5.1", "v5.2", nearly_all, -ENOMEM, 0},
	{"d9104d1ca966", "v3.11", "v3.12", counts_as_written, 0, 1},
	{"f8d112a4e657", "v6.11", "v6.12", keeps_old, 0, 1},
	{"dd2283f2605e", "v4.19", "v4.20", unmaps_shared, 0, 1},
	{"246c320a8cfe", "v5.7", "v5.8", unmaps_shared_below_stack, 1, 0},
	{"downgrade-beside-stack", "v6.4", "v6.5", unmaps_shared_below_stack, 0, 1},
	{"a4609387859f", "v5.12", "v5.13", dontunmap_shared, 1, 0},
	{"dontunmap-apart", "v6.1", "debian-6.1.192", dontunmap_above, 1, 2},
	{"550a7d60bd5e", "v5.15", "v5.16", shrink_nothing, 1, 0},
	{"ea2c3f6f5545", "v5.1", "v5.2", move_near_limit, 0, -ENOMEM},
	{"a8ca5d0ecbdd", "v4.3", "v4.4", mlock2_call, -ENOSYS, 0},
	{"0cf2f6f6dc60", "v4.8", "v4.9", mlock_again, -ENOMEM, 0},
	{"dedca63504a2", "v5.2", "v5.3", onfault_alone, 0, -EINVAL},
	{"mprotect-unaccount", "v6.6", "v6.7", promise_taken_back, 0, 1},
	{"36f881883c57", "v4.1", "v4.2", copied_at_once, 0, 2},
	{"huge-advice-always", "v4.7", "v4.8", huge_advice_shared, -EINVAL, 0},
	{"631426ba1d45", "v6.8", "v6.9", populate_over_hole, -EINVAL, -ENOMEM},
	{"90e7e7f5ef3f", "v5.17", "v5.18", dontneed_hugetlb, -EINVAL, 0},
};

static void check(const char *row, const char *release, long (*calls)(struct call_world *w),
		  long expected)
{
	struct call_world w = {0};
	long result;

	call_open(&w, release);
	result = calls(&w);
	call_close(&w);
	if (result != expected)
		fail_msg("%s in %s: %ld, not %ld", row, release, result, expected);
}

static void rows_change_results(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check(rows[i].row, rows[i].before, rows[i].calls, rows[i].result_before);
		check(rows[i].row, rows[i].since, rows[i].calls, rows[i].result_since);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_change_results),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
