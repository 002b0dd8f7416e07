/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a task keeps of get_user_pages(): the model of a driver that was given a buffer, or of a
 * pipe that pages were spliced into. Devices know nothing but frame numbers.
 */
#include "mm/gup.h"
#include "mm/mmap_lock.h"
#include "mm/page.h"

#include <errno.h>

int gup_take(struct gup_hold **hold, struct mm_struct *mm, uint64_t address, unsigned foll_flags)
{
	struct numasim_machine *m = current_machine();
	struct task_struct *task = current_task();
	struct gup_hold *new = arena_alloc(m->arena, sizeof(*new));
	int ret;

	if (!new)
		return -ENOMEM;
	ret = get_user_page(&new->pfn, mm, address, foll_flags);
	if (ret) {
		arena_free(m->arena, new, sizeof(*new));
		return ret;
	}
	new->next = task->gup_holds;
	new->address = address & PAGE_MASK_4K;
	new->mm = mm->name;
	new->flags = (uint16_t)foll_flags;
	new->generation = pfn_to_page(m, new->pfn)->generation;
	task->gup_holds = new;
	*hold = new;
	return 0;
}

static void drop_of(struct task_struct *task, struct gup_hold *hold)
{
	struct gup_hold **at = &task->gup_holds;

	put_user_page(hold->pfn, hold->flags);
	while (*at != hold)
		at = &(*at)->next;
	*at = hold->next;
	arena_free(current_machine()->arena, hold, sizeof(*hold));
}

void gup_drop(struct gup_hold *hold)
{
	drop_of(current_task(), hold);
}

void gup_release_all(struct task_struct *task)
{
	while (task->gup_holds)
		drop_of(task, task->gup_holds);
}

long gup_hold(struct mm_struct *mm, uint64_t address, unsigned foll_flags)
{
	struct gup_hold *hold;
	int ret;

	mmap_read_lock(mm);
	ret = gup_take(&hold, mm, address, foll_flags);
	mmap_read_unlock(mm);
	return ret;
}

static struct gup_hold *find_hold(const struct mm_struct *mm, uint64_t address)
{
	struct gup_hold *hold = current_task()->gup_holds;

	while (hold && (hold->mm != mm->name || hold->address != (address & PAGE_MASK_4K)))
		hold = hold->next;
	return hold;
}

long gup_release(struct mm_struct *mm, uint64_t address)
{
	struct gup_hold *hold = find_hold(mm, address);

	if (!hold)
		return -ENOENT;
	gup_drop(hold);
	return 0;
}

/* ---- devices ---- */

/* Whatever stands in the frame, the device gets or destroys it. */
static void check_frame(const struct gup_hold *hold, const char *does)
{
	const struct page *page = pfn_to_page(current_machine(), hold->pfn);
	uint64_t object = PAGE_OBJECT(page, PAGE_F_COUNT);

	if (page->generation == hold->generation)
		return;
	touch(object, ACCESS_READ);
	violate(ORACLE_USE_AFTER_FREE, &object, 1,
		"a device %s a page that it was given, but the frame was freed%s", does,
		page->flags & PAGE_FREE ? "" : " and now belongs to somebody else");
}

long gup_read_word(uint64_t *value, struct mm_struct *mm, uint64_t address)
{
	const struct gup_hold *hold = find_hold(mm, address);

	if (address & 7)
		return -EINVAL;
	if (!hold)
		return -ENOENT;
	*value = gup_load_word(mm, address, hold->pfn);
	check_frame(hold, "reads");
	return 0;
}

long gup_write_word(struct mm_struct *mm, uint64_t address, uint64_t value)
{
	const struct gup_hold *hold = find_hold(mm, address);

	if (address & 7)
		return -EINVAL;
	if (!hold)
		return -ENOENT;
	gup_store_word(mm, address, hold->pfn, value);
	check_frame(hold, "writes");
	return 0;
}

/* ---- books ---- */

static void split_hold(struct gup_hold *hold, struct page *head)
{
	struct page *page = pfn_to_page(current_machine(), hold->pfn);

	if (page == head)
		return;
	head->count--;
	page->count++;
	hold->generation = page->generation;
}

void gup_split(struct page *page)
{
	const struct numasim_machine *m = current_machine();
	uint64_t first = page_to_pfn(m, page);
	struct task_struct *task;

	TAILQ_FOREACH(task, &m->mm->tasks, link)
		for (struct gup_hold *hold = task->gup_holds; hold; hold = hold->next)
			if (hold->pfn - first < BLOCK_FRAMES)
				split_hold(hold, page);
}

/* A pin of a base page counts as many (v5.7+). */
static long references(const struct numasim_machine *m, const struct gup_hold *hold,
		       const struct page *page)
{
	if (page->flags & PAGE_ZERO)
		return 0;
	return hold->flags & FOLL_PIN && kernel_has(m->kernel, ROW_PIN_COUNTED) &&
			       !(page->flags & PAGE_HEAD)
		       ? GUP_PIN_COUNTING_BIAS : 1;
}

long gup_holds(const struct numasim_machine *m, const struct page *page)
{
	const struct task_struct *task;
	long n = 0;

	TAILQ_FOREACH(task, &m->mm->tasks, link)
		for (const struct gup_hold *hold = task->gup_holds; hold; hold = hold->next)
			if (pfn_to_page(m, hold->pfn) == page)
				n += references(m, hold, page);
	return n;
}

void gup_digest(const struct numasim_machine *m, const struct task_struct *task,
		struct digest_sink *sink)
{
	for (const struct gup_hold *hold = task->gup_holds; hold; hold = hold->next) {
		const struct page *page = pfn_to_page(m, hold->pfn);

		digest_put(sink, hold->address | hold->flags);
		digest_put(sink, (uint64_t)hold->mm << 32 | page->name);
		digest_put(sink, (hold->pfn & (page_nr_frames(page) - 1)) << 1 |
					 (page->generation == hold->generation));
		if (page->flags & PAGE_FREE)
			digest_put(sink, frame_free_place(m, page));
	}
	digest_put(sink, 0);
}
