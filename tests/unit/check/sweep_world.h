/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pairs of short actors against each other, in every order: one piece of memory in some state, two
 * CPUs that do one thing to it each.
 *
 *	P: x in [ page ][ page ]   or one huge page	the other: a thread of P, or of its child
 */
#ifndef SWEEP_WORLD_H
#define SWEEP_WORLD_H

#include "mm/mm_world.h"

#include "mm/abi.h"
#include "mm/file.h"
#include "mm/mm_life.h"
#include "mm/mmap_lock.h"
#include "mm/ranges.h"
#include "mm/swap.h"
#include "mm/syscalls.h"
#include "mm/vma_change.h"
#include "numa/numa.h"

/* How things stand when the two begin. */
enum sweep_state {
	SWEEP_EMPTY,   /* nobody has touched it */
	SWEEP_TOUCHED, /* x is 1 */
	SWEEP_SHARED,  /* and a child has the page, too */
	SWEEP_SWAPPED, /* x is 1, on the swap device */
	SWEEP_ARMED,   /* x is 1, the entry is a NUMA hint */
	SWEEP_FILE,    /* a shared mapping of shared memory; x is 1 */
	SWEEP_COPY,    /* a private mapping of a disk file; x is 1, in a copy */
	SWEEP_STATES
};
static const char *const sweep_state_name[] = {"empty", "touched", "shared",
					       "swapped", "armed", "file", "copy"};

struct sweep_world {
	struct mm_world w;
	struct file *file;
	struct mm_struct *child;
	uint64_t size;
	enum sweep_state state;
	bool huge;
};

static inline uint64_t sweep_half(const struct sweep_world *s)
{
	return s->w.x + s->size / 2;
}

/* ---- the actors ---- */

static inline void sweep_loads(void *payload)
{
	const struct sweep_world *s = payload;
	uint64_t value;

	numasim_user_load(&value, s->w.x);
}

static inline void sweep_stores(void *payload)
{
	const struct sweep_world *s = payload;

	numasim_user_store(s->w.x, 2);
}

static inline void sweep_protects(void *payload)
{
	const struct sweep_world *s = payload;

	sys_mprotect(s->w.x, s->size, PROT_NONE);
	sys_mprotect(s->w.x, s->size, PROT_READ | PROT_WRITE);
}

static inline void sweep_splits(void *payload)
{
	const struct sweep_world *s = payload;

	sys_mprotect(sweep_half(s), s->size / 2, PROT_READ);
}

static inline void sweep_unmaps(void *payload)
{
	const struct sweep_world *s = payload;

	sys_munmap(s->w.x, s->size);
}

static inline void sweep_unneeds(void *payload)
{
	const struct sweep_world *s = payload;

	sys_madvise(s->w.x, s->size, MADV_DONTNEED);
}

static inline void sweep_frees(void *payload)
{
	const struct sweep_world *s = payload;

	sys_madvise(s->w.x, s->size, MADV_FREE);
}

static inline void sweep_scans(void *payload)
{
	task_numa_work();
}

static inline void sweep_clears(void *payload)
{
	const struct sweep_world *s = payload;

	clear_refs(s->w.mm, has(ROW_SOFT_DIRTY) ? CLEAR_REFS_SOFT_DIRTY : CLEAR_REFS_ALL);
}

static inline void sweep_forks(void *payload)
{
	struct task_struct *child;

	do_fork(&child, 0, 2001, "C");
}

static inline void sweep_truncates(void *payload)
{
	const struct sweep_world *s = payload;

	file_truncate(s->file, 0);
}

/* kswapd: the page that the entry leads to leaves memory. */
static inline void sweep_reclaims(void *payload)
{
	const struct sweep_world *s = payload;
	uint64_t *pte = entry_find(s->w.m, s->w.mm, s->w.x, 1), entry;
	struct page *page;

	if (!pte)
		return;
	entry = entry_read(pte);
	if (!pte_present(entry))
		return;
	page = pte_page(entry);
	if (!page || page->flags & (PAGE_HEAD | PAGE_ZERO) || !get_page_unless_zero(page))
		return;
	lru_add_drain_all();
	if (isolate_lru_page(page)) {
		put_page(page);
		if (!trylock_page(page) || !pageout_anon(page))
			putback_lru_page(page);
		return;
	}
	put_page(page);
}

/* To the free place behind, and back: stores of another thread may end with a signal meanwhile. */
static inline void sweep_moves(void *payload)
{
	const struct sweep_world *s = payload;
	uint64_t to = s->w.x + 2 * HPAGE_SIZE;

	sys_mremap(s->w.x, s->size, s->size, MREMAP_MAYMOVE | MREMAP_FIXED, to);
	sys_mremap(to, s->size, s->size, MREMAP_MAYMOVE | MREMAP_FIXED, s->w.x);
}

static inline void sweep_locks(void *payload)
{
	const struct sweep_world *s = payload;

	sys_mlock(s->w.x, s->size);
	sys_munlock(s->w.x, s->size);
}

struct sweep_actor {
	const char *name;
	void (*fn)(void *payload);
	unsigned states; /* where it does something, bit per enum sweep_state */
	bool child;	 /* it is the child's */
};

#define SWEEP_ANY  ((1u << SWEEP_STATES) - 1)
#define SWEEP_ANON (SWEEP_ANY & ~(1u << SWEEP_FILE | 1u << SWEEP_COPY))
#define SWEEP_HAS  (SWEEP_ANY & ~(1u << SWEEP_EMPTY))
static const struct sweep_actor sweep_actor[] = {
	{"load", sweep_loads, SWEEP_ANY, false},
	{"store", sweep_stores, SWEEP_ANY, false},
	{"protect", sweep_protects, SWEEP_HAS, false},
	{"split", sweep_splits, SWEEP_HAS, false},
	{"unmap", sweep_unmaps, SWEEP_ANY, false},
	{"dontneed", sweep_unneeds, SWEEP_HAS, false},
	{"free", sweep_frees, SWEEP_HAS & SWEEP_ANON, false},
	{"scan", sweep_scans, SWEEP_HAS, false},
	{"clear-refs", sweep_clears, SWEEP_HAS, false},
	{"fork", sweep_forks, SWEEP_ANY, false},
	{"reclaim", sweep_reclaims,
	 1u << SWEEP_TOUCHED | 1u << SWEEP_SHARED | 1u << SWEEP_ARMED, false},
	{"truncate", sweep_truncates, 1u << SWEEP_FILE | 1u << SWEEP_COPY, false},
	{"move", sweep_moves, SWEEP_HAS, false},
	{"lock", sweep_locks, SWEEP_ANY, false},
	{"child-store", sweep_stores, 1u << SWEEP_SHARED, true},
	{"child-unneed", sweep_unneeds, 1u << SWEEP_SHARED, true},
};
#define SWEEP_ACTORS (sizeof(sweep_actor) / sizeof(*sweep_actor))

/* ---- the beginning ---- */

static inline void sweep_begins(void *payload)
{
	struct sweep_world *s = payload;
	struct task_struct *child;

	if (s->state != SWEEP_EMPTY)
		numasim_user_store(s->w.x, 1);
	if (s->state == SWEEP_SHARED)
		s->child = do_fork(&child, 0, 2000, "C") ? NULL : child->mm;
	if (s->state == SWEEP_SWAPPED)
		sweep_reclaims(payload);
	if (s->state == SWEEP_ARMED)
		task_numa_work();
}

/* The mapping becomes one of a file. */
static inline void sweep_maps_file(void *payload)
{
	struct sweep_world *s = payload;

	bool shared = s->state == SWEEP_FILE;

	s->file = file_create(shared ? FILE_SHMEM : FILE_REGULAR, "f", s->size);
	numasim_assert(sys_mmap(s->w.x, s->size, PROT_READ | PROT_WRITE,
				(shared ? MAP_SHARED : MAP_PRIVATE) | MAP_FIXED, s->file, 0) ==
		       (long)s->w.x);
}

static inline void sweep_setup(struct sweep_world *s, void (*fn)(void *payload))
{
	struct numasim_seat seat = {.where = NUMASIM_SEAT_CPU, .id = 0, .mm = s->w.mm};

	if (numasim_program_setup(s->w.program, fn, s, &seat, &s->w.err))
		fail_msg("%s", s->w.err.text);
}

static inline void sweep_open(struct sweep_world *s, const char *release, bool huge,
			      enum sweep_state state)
{
	struct numasim_program_options options = {.release = release};
	unsigned flags = NUMASIM_MAP_READ | NUMASIM_MAP_WRITE | (huge ? NUMASIM_MAP_HUGE : 0);
	struct mm_world *w = &s->w;

	memset(s, 0, sizeof(*s));
	s->size = huge ? HPAGE_SIZE : 2 * FRAME_SIZE;
	s->state = state;
	s->huge = huge;
	if (numasim_program_create(&w->program, &options, &w->err))
		fail_msg("%s", w->err.text);
	w->m = numasim_program_machine(w->program);
	assert_int_equal(numasim_program_mm(&w->mm, w->program, "P", &w->err), 0);
	w->m->mm->thp = huge ? THP_ALWAYS : THP_NEVER;
	assert_int_equal(numasim_program_map(&w->vma, w->program, w->mm, s->size, flags,
					     &w->err), 0);
	w->x = numasim_vma_start(w->vma);
	assert_int_equal(numasim_program_watch(w->program, w->x, &w->err), 0);
	assert_int_equal(swap_on(w->m, 4), 0);
	if (state == SWEEP_FILE || state == SWEEP_COPY)
		sweep_setup(s, sweep_maps_file);
	sweep_setup(s, sweep_begins);
}

static inline void sweep_close(struct sweep_world *s)
{
	mm_world_close(&s->w);
}

/* All orders of @a and @b; what came out is in s->w.info. */
static inline void sweep_pair(struct sweep_world *s, const struct sweep_actor *a,
			      const struct sweep_actor *b, uint64_t max_ms)
{
	struct numasim_search search = NUMASIM_SEARCH_DEFAULTS;
	char name[2][32];

	for (int i = 0; i < 2; i++) {
		const struct sweep_actor *actor = i ? b : a;
		struct numasim_seat seat = {.where = NUMASIM_SEAT_NODE, .id = 0,
					    .mm = actor->child ? s->child : s->w.mm};

		snprintf(name[i], sizeof(name[i]), "%s%d", actor->name, i + 1);
		if (numasim_program_add(s->w.program, name[i], actor->fn, s, &seat, &s->w.err))
			fail_msg("%s", s->w.err.text);
	}
	search.max_ms = max_ms;
	search.first_only = 1;
	if (numasim_program_explore(&s->w.result, s->w.program, &search, &s->w.err))
		fail_msg("%s", s->w.err.text);
	numasim_result_info(&s->w.info, s->w.result);
}

#endif
