/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for the kernel's own objects, and failure on request: of pages and objects alike, the n-th
 * that is asked for from now on is not there, or none from the n-th on.
 */
#include "mm/zone.h"

#include "exec/point.h"

/* While a failure is due, the order of allocations decides who meets it. */
#define COUNT_OBJECT OBJECT(OBJ_ALLOC, 0xffffffff, 2)

static bool failure_is_due(const struct page_room *room)
{
	return room->fail_at && (room->fail_on || room->allocations <= room->fail_at);
}

bool alloc_fails(void)
{
	struct page_room *room = current_machine()->mm->pages;
	bool fails;

	room->allocations++;
	if (!failure_is_due(room))
		return false;
	fails = room->allocations >= room->fail_at;
	touch(COUNT_OBJECT, ACCESS_WRITE);
	observe(fails);
	if (fails) {
		room->failed++;
		note("this allocation fails");
	}
	return fails;
}

static void fail_from_now(struct numasim_machine *m, uint64_t nth, bool on)
{
	m->mm->pages->fail_at = nth ? m->mm->pages->allocations + nth : 0;
	m->mm->pages->fail_on = nth && on;
}

void alloc_fail_nth(struct numasim_machine *m, uint64_t nth)
{
	fail_from_now(m, nth, false);
}

void alloc_fail_from(struct numasim_machine *m, uint64_t nth)
{
	fail_from_now(m, nth, true);
}

uint64_t alloc_failures(const struct numasim_machine *m)
{
	return m->mm->pages->failed;
}

uint64_t alloc_count(const struct numasim_machine *m)
{
	return m->mm->pages->allocations;
}

void *kmalloc_nofail(struct numasim_machine *m, size_t size)
{
	void *object = arena_alloc(m->arena, size);

	if (object)
		kmem_adopt(m, size);
	return object;
}

void *kmalloc(size_t size)
{
	return alloc_fails() ? NULL : kmalloc_nofail(current_machine(), size);
}

void kfree_of(struct numasim_machine *m, void *object, size_t size)
{
	if (!object)
		return;
	m->mm->pages->kmem -= size;
	arena_free(m->arena, object, size);
}

void kfree(void *object, size_t size)
{
	kfree_of(current_machine(), object, size);
}

uint64_t kmem_in_use(const struct numasim_machine *m)
{
	return m->mm->pages->kmem;
}

void kmem_adopt(struct numasim_machine *m, size_t size)
{
	m->mm->pages->kmem += size;
}
