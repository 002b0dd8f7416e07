/* SPDX-License-Identifier: BSD-2-Clause */
/* What the oracle lost-write expects where memory is given up, moved, copied or shared: nothing
 * that a sound kernel breaks, and nothing less than it promises. */
#include "mm/mm_world.h"

#include "mm/abi.h"
#include "mm/file.h"
#include "mm/mm_life.h"
#include "mm/observe.h"
#include "mm/ranges.h"
#include "mm/syscalls.h"

#define AWAY (16 * HPAGE_SIZE)

static void stores(void *payload)
{
	const struct mm_world *w = payload;

	numasim_user_store(w->x, 2);
}

static void loads(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t value;

	numasim_user_load(&value, w->x);
}

static void empties(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t value = 1;

	numasim_assert(sys_madvise(w->x, FRAME_SIZE, MADV_DONTNEED) == 0);
	numasim_user_load(&value, w->x);
}

/* A kernel that says it has done so, and has not. */
static void pretends_to_empty(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t value;

	discard_begin(w->mm, w->x, w->x + FRAME_SIZE, DISCARD_EMPTY);
	discard_end(w->mm, w->x, w->x + FRAME_SIZE, DISCARD_EMPTY);
	numasim_user_load(&value, w->x);
}

static void pretends_at_the_end(void *payload)
{
	const struct mm_world *w = payload;

	discard_begin(w->mm, w->x, w->x + FRAME_SIZE, DISCARD_EMPTY);
	discard_end(w->mm, w->x, w->x + FRAME_SIZE, DISCARD_EMPTY);
}

/* And one that empties what nobody gave up. */
static void takes_away(void *payload)
{
	const struct mm_world *w = payload;

	zap_page_range(w->vma, w->x, FRAME_SIZE);
}

static void frees(void *payload)
{
	const struct mm_world *w = payload;

	numasim_assert(sys_madvise(w->x, FRAME_SIZE, MADV_FREE) == 0);
	zap_page_range(w->vma, w->x, FRAME_SIZE); /* somebody takes it */
}

static void frees_and_stores(void *payload)
{
	const struct mm_world *w = payload;

	numasim_assert(sys_madvise(w->x, FRAME_SIZE, MADV_FREE) == 0);
	numasim_user_store(w->x, 3);
	zap_page_range(w->vma, w->x, FRAME_SIZE);
}

static void unmaps_and_maps(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t value = 1;

	numasim_assert(sys_munmap(w->x, FRAME_SIZE) == 0);
	numasim_assert(sys_mmap(w->x, FRAME_SIZE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, NULL, 0) == (long)w->x);
	numasim_user_load(&value, w->x);
	numasim_assert(!value);
}

/* The promise goes along: 1 is at the new address, and nothing at the old one. */
static void moves(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t value = 0;

	numasim_assert(sys_mremap(w->x, FRAME_SIZE, FRAME_SIZE, MREMAP_MAYMOVE | MREMAP_FIXED,
				  w->x + AWAY) == (long)(w->x + AWAY));
	numasim_user_load(&value, w->x + AWAY);
}

static void moves_and_loses(void *payload)
{
	const struct mm_world *w = payload;

	moves(payload);
	zap_page_range(find_vma(w->mm, w->x + AWAY), w->x + AWAY, FRAME_SIZE);
}

static void forks(void *payload)
{
	struct task_struct *child;

	numasim_assert(!do_fork(&child, 0, 2000, "C"));
}

static void forks_and_loses_the_childs(void *payload)
{
	const struct mm_world *w = payload;
	struct task_struct *child;

	numasim_assert(!do_fork(&child, 0, 2000, "C"));
	zap_page_range(find_vma(child->mm, w->x), w->x, FRAME_SIZE);
}

/* Two places that show one page of a file: a store to the one is seen at the other. */
static void maps_twice(void *payload)
{
	const struct mm_world *w = payload;
	struct file *file = file_create(FILE_REGULAR, "f", FRAME_SIZE);

	for (uint64_t i = 0; i < 2; i++)
		sys_mmap(w->x + i * AWAY, FRAME_SIZE, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED, file, 0);
	numasim_user_store(w->x, 5);
}

static void loads_the_other(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t value = 0;

	numasim_user_load(&value, w->x + AWAY);
	numasim_assert(value == 5 || value == 2);
}

/* The page leaves the cache, and nobody has written what was in it. */
static void forgets_the_page(void *payload)
{
	const struct mm_world *w = payload;
	struct file *file = find_vma(w->mm, w->x)->vm_file;
	struct page *page;

	unmap_mapping_pages(&file->mapping, 0, 0, true);
	page = find_lock_page(&file->mapping, 0);
	delete_from_page_cache(page);
	unlock_page(page);
	put_page(page);
}

struct promise_case {
	const char *release;
	void (*before)(void *);
	void (*a)(void *), (*b)(void *);
	const char *sentence; /* NULL: it holds */
};

static const struct promise_case cases[] = {
	{"v3.13", NULL, empties, stores, NULL},
	{"debian-6.1.192", NULL, empties, stores, NULL},
	{"v3.13", NULL, pretends_to_empty, NULL, "given back and must be empty"},
	{"v3.13", NULL, pretends_at_the_end, NULL, "holds 1, but that memory was given back"},
	{"v3.13", NULL, takes_away, NULL, "nothing is mapped there any more"},
	{"v4.19", NULL, frees, NULL, NULL},
	{"v4.19", NULL, frees_and_stores, NULL, "3 was stored"},
	{"v3.13", NULL, unmaps_and_maps, NULL, NULL},
	{"v6.12", NULL, unmaps_and_maps, NULL, NULL},
	{"v3.13", NULL, moves, stores, NULL},
	{"v6.12", NULL, moves, stores, NULL},
	{"v3.13", NULL, moves_and_loses, NULL, "1 was stored"},
	{"v3.13", NULL, forks, stores, NULL},
	{"v5.19", NULL, forks, stores, NULL},
	{"v3.13", NULL, forks_and_loses_the_childs, NULL, "1 was stored"},
	{"v3.13", maps_twice, stores, loads_the_other, NULL},
	{"v6.12", maps_twice, stores, loads_the_other, NULL},
	{"v3.13", maps_twice, forgets_the_page, NULL, "5 was stored to byte 0 of file f"},
};

static void run(const struct promise_case *c)
{
	struct numasim_program_options options = {.release = c->release};
	struct mm_world w;

	mm_world_open(&w, &options, false);
	if (c->before)
		mm_world_run(&w, c->before);
	mm_world_add(&w, "a", c->a, 0);
	if (c->b)
		mm_world_add(&w, "b", c->b, 0);
	mm_world_search(&w, NUMASIM_ENGINE_GRAPH, NULL);
	if (!c->sentence && w.info.verdict != NUMASIM_VERDICT_HOLDS)
		fail_msg("case %zu, %s: %s", (size_t)(c - cases), c->release,
			 w.info.sentence ?: w.info.undecided);
	if (c->sentence && w.info.verdict != NUMASIM_VERDICT_BROKEN)
		fail_msg("case %zu, %s does not break", (size_t)(c - cases), c->release);
	if (c->sentence && (strcmp(w.info.oracle, "lost-write") ||
			    !strstr(w.info.sentence, c->sentence)))
		fail_msg("case %zu, %s: %s: %s", (size_t)(c - cases), c->release, w.info.oracle,
			 w.info.sentence);
	mm_world_close(&w);
}

static void promises(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		run(&cases[i]);
}

/* Both orders of a load and a store across processors are judged. */
static void loads_see_stores(void **state)
{
	run(&(struct promise_case){"v6.1", NULL, stores, loads, NULL});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(promises),
		cmocka_unit_test(loads_see_stores),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
