/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for the kernel's own objects, and failure on request: of pages and objects alike, the n-th
 * that is asked for from now on is not there.
 */
#include "mm/zone.h"

#include "exec/point.h"

/* While a failure is due, the order of allocations decides who meets it. */
#define COUNT_OBJECT OBJECT(OBJ_ALLOC, 0xffffffff, 2)

bool alloc_fails(void)
{
	struct page_room *room = current_machine()->mm->pages;
	bool fails = ++room->allocations == room->fail_at;

	if (room->fail_at < room->allocations)
		return false;
	touch(COUNT_OBJECT, ACCESS_WRITE);
	observe(fails);
	if (fails)
		note("this allocation fails");
	return fails;
}

void alloc_fail_nth(struct numasim_machine *m, uint64_t nth)
{
	m->mm->pages->fail_at = nth ? m->mm->pages->allocations + nth : 0;
}

uint64_t alloc_count(const struct numasim_machine *m)
{
	return m->mm->pages->allocations;
}

void *kmalloc(size_t size)
{
	return alloc_fails() ? NULL : arena_alloc(current_machine()->arena, size);
}

void kfree(void *object, size_t size)
{
	arena_free(current_machine()->arena, object, size);
}
