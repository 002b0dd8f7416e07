/* SPDX-License-Identifier: BSD-2-Clause */
/* References, the page lock, the tag of the last fault. */
#include "mm/page.h"

#include "exec/var.h"
#include "mm/hugetlb.h"
#include "mm/zone.h"

/* A look at a page that nobody holds: the use-after-free oracle wants to know. */
void page_check_alive(struct page *page, const char *what)
{
	struct observer *o = &current_machine()->observer;

	if (page->flags & PAGE_FREE && o->touched_free)
		o->touched_free(o->self, page, what);
}

int32_t page_count(struct page *page)
{
	int32_t value = shared_read32(PAGE_OBJECT(page, PAGE_F_COUNT), &page->count);

	page_check_alive(page, "reads the reference count");
	return value;
}

/* The frame of an empty entry is frame 0, which no machine hands out and nothing maps. */
int32_t page_mapcount(struct page *page)
{
	int32_t value;

	if (!page)
		return 0;
	value = shared_read32(PAGE_OBJECT(page, PAGE_F_MAPCOUNT), &page->mapcount);
	page_check_alive(page, "reads the map count");
	return value;
}

void get_page(struct page *page)
{
	shared_add32(PAGE_OBJECT(page, PAGE_F_COUNT), &page->count, 1);
	page_check_alive(page, "takes a reference");
}

void page_ref_add(struct page *page, int32_t nr)
{
	shared_add32(PAGE_OBJECT(page, PAGE_F_COUNT), &page->count, nr);
	page_check_alive(page, "takes references");
}

bool get_page_unless_zero(struct page *page)
{
	bool got;

	point(POINT_UPDATE, PAGE_OBJECT(page, PAGE_F_COUNT), ACCESS_WRITE);
	got = page->count > 0;
	page->count += got;
	observe(got);
	return got;
}

/*
 * "BUG: Bad page state" (free_pages_check(), mm/page_alloc.c): what is reserved is in use without a
 * reference of anybody that could be dropped. The kernel complains, and does not free it.
 */
static bool bad_page(const struct page *page)
{
	const uint64_t object = PAGE_OBJECT(page, PAGE_F_COUNT);

	if (!page_flags_test(page, PAGE_RESERVED))
		return false;
	violate(ORACLE_REFCOUNT, &object, 1, "the last reference of %s %s is dropped, and its map "
		"count is %d", page->flags & PAGE_ZERO ? "the page of zeroes," : "reserved page",
		BIRTH_TEXT(page->name), page->mapcount);
	return true;
}

/* Hand the frame back to its node. */
static void free_page(struct page *page)
{
	point(POINT_FREE, OBJECT(OBJ_ALLOC, page->node, 0), ACCESS_WRITE);
	touch(PAGE_OBJECT(page, PAGE_F_COUNT), ACCESS_WRITE);
	touch(PAGE_OBJECT(page, PAGE_F_LOCK), ACCESS_WRITE);
	if (note_wanted())
		note("free page %s", BIRTH_TEXT(page->name));
	count_vm_events(VM_EVENT_PGFREE, page_nr_frames(page));
	if (page->flags & PAGE_MLOCKED) /* v5.18+: freed before its batch got to unlocking it */
		count_vm_events(VM_EVENT_UNEVICTABLE_PGCLEARED, page_nr_frames(page));
	if (page_order(page))
		frame_give(current_machine(), page);
	else
		pcp_give(current_machine(), page);
}

void put_page(struct page *page)
{
	int32_t left;

	point(POINT_UPDATE, PAGE_OBJECT(page, PAGE_F_COUNT), ACCESS_WRITE);
	page_check_alive(page, "drops a reference");
	left = --page->count;
	observe((uint32_t)left);
	if (left)
		return;
	if (page->flags & PAGE_HUGETLB) {
		hugetlb_free_page(page);
		return;
	}
	observe(page->flags & PAGE_LRU);
	if (page->flags & PAGE_LRU)
		lru_remove(page);
	if (!bad_page(page))
		free_page(page);
}

bool trylock_page(struct page *page)
{
	bool got;

	point(POINT_TRYLOCK, PAGE_OBJECT(page, PAGE_F_LOCK), ACCESS_WRITE);
	page_check_alive(page, "tries the page lock");
	got = !(page->flags & PAGE_LOCKED);
	page->flags |= PAGE_LOCKED;
	observe(got);
	return got;
}

bool page_locked(struct page *page)
{
	bool locked;

	point(POINT_READ, PAGE_OBJECT(page, PAGE_F_LOCK), ACCESS_READ);
	page_check_alive(page, "tests the page lock");
	locked = page->flags & PAGE_LOCKED;
	observe(locked);
	return locked;
}

static void describe_unlocked(struct announcement *a, const void *arg)
{
	const struct page *page = arg;

	announce_access(a, PAGE_OBJECT(page, PAGE_F_LOCK), ACCESS_READ);
	a->enabled = !(page->flags & PAGE_LOCKED);
	a->waits_for = PAGE_OBJECT(page, PAGE_F_LOCK);
}

static void describe_lock(struct announcement *a, const void *arg)
{
	describe_unlocked(a, arg);
	a->access[0].mode = ACCESS_WRITE;
}

void lock_page(struct page *page)
{
	point_described(POINT_LOCK, PAGE_OBJECT(page, PAGE_F_LOCK), describe_lock, page);
	page_check_alive(page, "takes the page lock");
	page->flags |= PAGE_LOCKED;
}

void unlock_page(struct page *page)
{
	if (exec_current->unlock_is_point)
		point(POINT_UNLOCK, PAGE_OBJECT(page, PAGE_F_LOCK), ACCESS_WRITE);
	else
		touch(PAGE_OBJECT(page, PAGE_F_LOCK), ACCESS_WRITE);
	page_check_alive(page, "drops the page lock");
	page->flags &= ~PAGE_LOCKED;
}

/*
 * The test, and if the page is locked a sleep until it is not, and the test again
 * (v3.8, mm/filemap.c and kernel/wait.c).
 */
void wait_on_page_locked(struct page *page)
{
	while (page_locked(page)) {
		note("wait for the page lock");
		point_described(POINT_WAIT, PAGE_OBJECT(page, PAGE_F_LOCK), describe_unlocked,
				page);
		event(EVENT_WAITED, page_to_pfn(current_machine(), page));
	}
}

uint32_t page_cpupid_xchg_last(struct page *page, uint32_t cpupid)
{
	uint32_t last;

	point(POINT_UPDATE, PAGE_OBJECT(page, PAGE_F_CPUPID), ACCESS_WRITE);
	page_check_alive(page, "swaps the last-fault tag");
	last = page->cpupid;
	page->cpupid = cpupid;
	observe(last);
	return last;
}

uint32_t page_cpupid_last(struct page *page)
{
	point(POINT_READ, PAGE_OBJECT(page, PAGE_F_CPUPID), ACCESS_READ);
	page_check_alive(page, "reads the last-fault tag");
	observe(page->cpupid);
	return page->cpupid;
}
