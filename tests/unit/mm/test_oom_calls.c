/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System calls that run out of memory: each at each of its allocations, alone or with all that
 * follow. A call that fails is -ENOMEM and has taken nothing away, one that succeeds has done its
 * work; and when the process has exited all that the kernel allocated is back.
 *
 *	page	0        10       20       30       40      50            66
 *		[ RW    ][ R     ][ bound ][ RW    ]        [ shared, bound ]
 */
#include "call_world.h"

#include "check/check.h"
#include "mm/mempolicy.h"
#include "mm/mm_life.h"
#include "mm/table.h"

#include <numasim/system_calls.h>
#include <string.h>

#define PAGES  40
#define SHARED 50
#define NEW    80

struct call {
	const char *name;
	long (*run)(struct call_world *w);
	unsigned gone, end; /* pages that success takes away */
	bool may_lose;	    /* so does failure, to v6.11 */
	unsigned fails;	    /* at how many allocations, at least (v3.8) */
	unsigned goes_on;   /* after the failure of how many */
	int error;	    /* 0: -ENOMEM */
};

static long bind(struct call_world *w, unsigned page, unsigned pages, unsigned long mask)
{
	return CALL(w, sys_mbind(W + P(page), P(pages), MPOL_MODE_BIND, &mask, 64, 0));
}

static long unmap_middle(struct call_world *w)
{
	return CALL(w, sys_munmap(W + P(3), P(3)));
}

static long unmap_all(struct call_world *w)
{
	return CALL(w, sys_munmap(W, P(PAGES)));
}

static long protect_middle(struct call_world *w)
{
	return CALL(w, sys_mprotect(W + P(12), P(3), RW));
}

/* What is cut has a policy. */
static long protect_bound(struct call_world *w)
{
	return CALL(w, sys_mprotect(W + P(22), P(2), PROT_READ));
}

/* Becomes one with the mapping below. */
static long protect_merge(struct call_world *w)
{
	return CALL(w, sys_mprotect(W + P(10), P(10), RW));
}

static long bind_middle(struct call_world *w)
{
	return bind(w, 2, 5, 1);
}

static long bind_shared(struct call_world *w)
{
	return bind(w, SHARED + 4, 4, 1);
}

static long dontfork(struct call_world *w)
{
	return CALL(w, sys_madvise(W + P(4), P(2), MADV_DONTFORK));
}

/* More pages than a gather has room for by itself. */
static long dontneed(struct call_world *w)
{
	return CALL(w, sys_madvise(W, P(PAGES), MADV_DONTNEED));
}

static long lock_middle(struct call_world *w)
{
	return CALL(w, sys_mlock(W + P(5), P(2)));
}

static long move(struct call_world *w)
{
	long to = CALL(w, sys_mremap(W, P(8), P(8), MREMAP_MAYMOVE | MREMAP_FIXED, W + P(NEW)));

	return to < 0 ? to : 0;
}

static long fork_child(struct call_world *w)
{
	struct numasim_process *child;
	struct numasim_error err = {0};
	int ret = numasim_fork(&child, w->p, "child", &err);

	if (ret)
		return ret;
	numasim_exit(child);
	return 0;
}

static long map_over(struct call_world *w)
{
	long at = map_at(w, 4, 4, PROT_READ);

	return at < 0 ? at : 0;
}

static long map_shared_over(struct call_world *w)
{
	long at = CALL(w, sys_mmap(W + P(4), P(4), RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED,
				   NULL, 0));

	return at < 0 ? at : 0;
}

static long map_beside(struct call_world *w)
{
	long at = map_at(w, PAGES, 2, RW);

	return at < 0 ? at : 0;
}

/* The place of the break says whether it moved. */
static long grow_break(struct call_world *w)
{
	uint64_t wanted = w->mm->brk + P(4);

	return CALL(w, sys_brk(wanted)) == (long)wanted ? 0 : -ENOMEM;
}

static const struct call calls[] = {
	{"munmap, a hole", unmap_middle, 3, 6, .fails = 4},
	{"munmap", unmap_all, 0, PAGES, .fails = 0, .goes_on = 1},
	{"mprotect, a part", protect_middle, .fails = 4},
	{"mprotect, a part with a policy", protect_bound, .fails = 6},
	{"mprotect, merged", protect_merge, .fails = 0},
	{"mbind, a part", bind_middle, .fails = 6},
	{"mbind of shared memory", bind_shared, .fails = 10},
	{"madvise(MADV_DONTFORK)", dontfork, .error = -EAGAIN, .fails = 4},
	{"madvise(MADV_DONTNEED)", dontneed, 0, PAGES, .fails = 0, .goes_on = 4},
	{"mlock", lock_middle, .fails = 4},
	{"mremap", move, 0, 8, .fails = 2, .goes_on = 2},
	{"fork", fork_child, .fails = 26, .goes_on = 1},
	{"mmap over another", map_over, 4, 8, .may_lose = true, .fails = 5},
	{"mmap of shared memory over another", map_shared_over, 4, 8, .may_lose = true, .fails = 6},
	{"mmap beside another", map_beside, .fails = 0},
	{"brk", grow_break, .fails = 1},
};

/* ---- the world ---- */

static void fill(struct call_world *w)
{
	unsigned long both = 3;

	assert_int_equal(map_at(w, 0, PAGES, RW), W);
	for (unsigned i = 0; i < PAGES; i++)
		assert_int_equal(numasim_process_store(w->p, W + P(i), i + 1), 0);
	assert_int_equal(CALL(w, sys_mprotect(W + P(10), P(10), PROT_READ)), 0);
	assert_int_equal(bind(w, 20, 10, 1), 0);
	assert_int_equal(CALL(w, sys_mmap(W + P(SHARED), P(16), RW,
					  MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, NULL, 0)),
			 W + P(SHARED));
	assert_int_equal(bind(w, SHARED, 16, 3), 0);
	assert_int_equal(CALL(w, sys_set_mempolicy(MPOL_MODE_INTERLEAVE, &both, 64)), 0);
}

/* Objects that stay: of address spaces that an idle processor has still loaded. */
static uint64_t held(const struct numasim_machine *m)
{
	uint64_t bytes = 0;
	struct mm_struct *mm;

	TAILQ_FOREACH(mm, &m->mm->mms, link)
		if (!mm->mm_users && mm->mm_count)
			bytes += sizeof(*mm) + sizeof(struct table);
	return bytes;
}

static void assert_sound(struct call_world *w, const char *release, const struct call *call,
			 uint64_t nth)
{
	struct numasim_error err = {0};

	if (numasim_system_audit(w->system, &err))
		fail_msg("%s, %s, allocation %u: %s", release, call->name, (unsigned)nth,
			 err.text);
}

/* What was stored is there, but where the call took it away. */
static void assert_kept(struct call_world *w, const char *release, const struct call *call,
			uint64_t nth, bool lost)
{
	for (unsigned i = 0; i < PAGES; i++) {
		uint64_t value;

		if (lost && i >= call->gone && i < call->end)
			continue;
		if (numasim_process_load(&value, w->p, W + P(i)) || value != i + 1)
			fail_msg("%s, %s, allocation %u: page %u is lost", release, call->name,
				 (unsigned)nth, i);
	}
}

struct tally {
	unsigned tried, failed, succeeded, lost;
};

/* False: the call has no @nth allocation. */
static bool one(const char *release, const struct call *call, uint64_t nth, bool for_good,
		struct tally *tally)
{
	struct call_world w = {0};
	struct numasim_machine *m;
	uint64_t tried, objects;
	bool mapped;
	long ret;

	call_open(&w, release);
	m = w.system->machine;
	objects = kmem_in_use(m) - sizeof(*w.mm) - sizeof(struct table) -
		  sizeof(struct task_struct);
	fill(&w);
	tried = alloc_count(m);
	if (for_good)
		alloc_fail_from(m, nth);
	else
		alloc_fail_nth(m, nth);
	ret = call->run(&w);
	tried = alloc_count(m) - tried;
	alloc_fail_nth(m, 0);
	if (ret && ret != (call->error ? call->error : -ENOMEM))
		fail_msg("%s, %s, allocation %u: %ld", release, call->name, (unsigned)nth, ret);
	assert_sound(&w, release, call, nth);
	mapped = !call->end || vma_at(&w, call->gone);
	assert_kept(&w, release, call, nth, !ret || (call->may_lose && !mapped));
	tally->tried++;
	tally->failed += ret != 0;
	tally->succeeded += !ret && tried >= nth;
	tally->lost += ret && !mapped;
	numasim_exit(w.p);
	assert_sound(&w, release, call, nth);
	if (kmem_in_use(m) != objects + held(m))
		fail_msg("%s, %s, allocation %u: %d bytes are lost", release, call->name,
			 (unsigned)nth, (int)(kmem_in_use(m) - objects - held(m)));
	call_close(&w);
	return tried >= nth;
}

static void each(const char *release, const struct call *call, bool keeps)
{
	struct tally alone = {0}, for_good = {0};

	for (uint64_t nth = 1; one(release, call, nth, false, &alone); nth++)
		;
	for (uint64_t nth = 1; one(release, call, nth, true, &for_good); nth++)
		;
	assert_true(alone.failed >= call->fails && for_good.failed >= call->fails);
	assert_true(alone.succeeded >= call->goes_on);
	if (keeps)
		assert_int_equal(alone.lost + for_good.lost, 0);
	else if (call->may_lose)
		assert_true(alone.lost > 0);
}

static void test_calls(void **state)
{
	static const char *const release[] = {"v3.8", "v3.19", "v4.15", "debian-6.1.192", "v6.4",
					      "v6.12", "debian-6.12.117"};

	for (size_t i = 0; i < sizeof(release) / sizeof(*release); i++)
		for (size_t k = 0; k < sizeof(calls) / sizeof(*calls); k++)
			each(release[i], &calls[k], i >= 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
