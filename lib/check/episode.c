/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls that give memory up, move or copy it: what they make of promises. A range of an address
 * space is cut by its mappings, and each piece is an episode of its own: what a shared mapping
 * shows is the file's, and is not given up with it.
 */
#include "check/promise.h"

#include "exec/point.h"
#include "mm/file.h"

/* Is the word one of those that the episode is about? */
static bool is_over(const struct episode *e, const struct word_key *key)
{
	if (e->kind == EPISODE_NONE)
		return false;
	if (!e->mm && key->file == e->file)
		return !e->keeps_copies && key->offset >= e->start && key->offset < e->end;
	if (!e->mm)
		return key->space == e->file && key->at >= e->start && key->at < e->end;
	return !e->file && key->space == e->mm && key->at >= e->start && key->at < e->end;
}

bool episode_hides(const struct episode *e, const struct word_key *key)
{
	return e->kind != EPISODE_COPY && e->kind != EPISODE_MOVE && is_over(e, key);
}

uint32_t episodes_over(const struct check_room *c, const struct word_key *key)
{
	uint32_t bits = 0;

	for (unsigned i = 0; i < CHECK_EPISODES; i++)
		if (is_over(&c->episode[i], key))
			bits |= 1u << i;
	return bits;
}

/* Stores to any word of the range must not change places with the running step. Names of promises
 * repeat every 64 MiB. */
static void touch_words(const struct check_room *c, const struct episode *e)
{
	uint32_t space = e->mm && !e->file ? e->mm : e->file;
	uint64_t shift = e->mm && e->file ? e->other - e->start : 0;
	uint64_t base = e->start & HPAGE_MASK, last = e->end - 1;

	for (unsigned n = 0; n < 32 && base <= last; n++, base += HPAGE_SIZE)
		for (unsigned i = 0; i < c->m->content->nr_watched; i++) {
			uint64_t at = base + c->m->content->watched[i];

			if (at >= e->start && at <= last)
				touch(PROMISE_OBJECT(space, at + shift), ACCESS_WRITE);
		}
}

/* The same of a promise. Where it stands is only looked up if a file's private copies matter. */
static bool is_about(const struct check_room *c, const struct episode *e, const struct promise *p)
{
	struct word_key key = {.space = p->space, .at = p->at};

	if (!e->mm && p->space != e->file)
		key = promise_key(c, p);
	return is_over(e, &key);
}

/* ---- what is left of a promise ---- */

/* true: nothing. */
static bool settle(struct promise *p, const struct episode *e, bool stored)
{
	if (!e->mm && p->space != e->file)
		return true; /* a private copy: what the file holds, or nothing */
	switch ((enum episode_kind)e->kind) {
	case EPISODE_UNMAP:
		return true;
	case EPISODE_EMPTY:
		if (e->is_private_file)
			return true;
		p->kind = stored ? PROMISE_OR_EMPTY : PROMISE_EMPTY;
		break;
	case EPISODE_FREE:
		if (p->kind == PROMISE_VALUE)
			p->kind = PROMISE_OR_EMPTY;
		break;
	default:
		break;
	}
	return false;
}

/* Straight through: nobody can store to it meanwhile. */
static void settle_at_once(struct check_room *c, const struct episode *e)
{
	if (e->kind == EPISODE_COPY || e->kind == EPISODE_MOVE)
		return;
	for (unsigned i = 0; i < c->nr;) {
		struct promise *p = &c->promise[i];

		if (is_about(c, e, p) && settle(p, e, false))
			promise_drop(c, p);
		else
			i++;
	}
}

static void begin(struct check_room *c, const struct episode *new)
{
	if (direct()) {
		settle_at_once(c, new);
		return;
	}
	for (unsigned i = 0; i < CHECK_EPISODES; i++) {
		struct episode *e = &c->episode[i];

		if (e->kind != EPISODE_NONE)
			continue;
		*e = *new;
		e->who = exec_current->running->id;
		touch_words(c, e);
		return;
	}
	limit_reached("more than %d pieces of memory are given up at a time", CHECK_EPISODES);
}

static void finish(struct check_room *c, unsigned at)
{
	struct episode *e = &c->episode[at];

	touch_words(c, e);
	for (unsigned i = 0; i < c->nr;) {
		struct promise *p = &c->promise[i];
		bool stored = p->during >> at & 1, over = is_about(c, e, p);

		p->during &= ~(1u << at);
		if (over && settle(p, e, stored))
			promise_drop(c, p);
		else
			i++;
	}
	*e = (struct episode){0};
}

/* All episodes of the running context that began so. */
static void finish_all(struct check_room *c, uint8_t kind, uint32_t mm, uint32_t file,
		       uint64_t start, uint64_t end)
{
	for (unsigned i = 0; i < CHECK_EPISODES; i++) {
		const struct episode *e = &c->episode[i];

		if (e->kind == kind && e->mm == mm && (mm || e->file == file) &&
		    e->who == exec_current->running->id && e->start >= start && e->end <= end)
			finish(c, i);
	}
}

/* ---- ranges of address spaces ---- */

static const uint8_t episode_of[] = {
	[DISCARD_EMPTY] = EPISODE_EMPTY,
	[DISCARD_FREE] = EPISODE_FREE,
	[DISCARD_UNMAP] = EPISODE_UNMAP,
	[DISCARD_COPY] = EPISODE_COPY,
};

/* What a shared mapping shows stays the file's; but while it goes, addresses must be understood. */
static void begin_piece(struct check_room *c, uint8_t kind, const struct vm_area_struct *vma,
			uint64_t start, uint64_t end)
{
	bool shared = check_is_shared(vma);
	struct episode e = {.kind = kind, .mm = vma->vm_mm->name, .start = start, .end = end,
			    .is_private_file = vma->vm_file && !shared};

	if (shared && kind != EPISODE_UNMAP)
		return;
	if (shared) {
		e.file = vma->vm_file->name;
		e.other = (vma->vm_pgoff << FRAME_SHIFT) + (start - vma->vm_start);
	}
	begin(c, &e);
}

static void on_discard_begin(void *self, uint32_t name, uint64_t start, uint64_t end,
			     enum discard_how how)
{
	struct check_room *c = self;
	const struct mm_struct *mm = mm_by_name(c->m, name);
	struct vm_area_struct *vma;

	RB_FOREACH(vma, vma_tree, (struct vma_tree *)&mm->vmas)
		if (vma->vm_start < end && vma->vm_end > start)
			begin_piece(c, episode_of[how], vma,
				    start > vma->vm_start ? start : vma->vm_start,
				    end < vma->vm_end ? end : vma->vm_end);
}

static void on_discard_end(void *self, uint32_t mm, uint64_t start, uint64_t end,
			   enum discard_how how)
{
	finish_all(self, episode_of[how], mm, 0, start, end);
}

/* ---- moves: promises go first, and what is stored meanwhile goes to them ---- */

static void on_move_begin(void *self, uint32_t mm, uint64_t from, uint64_t to, uint64_t len)
{
	struct check_room *c = self;
	struct episode e = {.kind = EPISODE_MOVE, .mm = mm, .start = from, .end = from + len,
			    .other = to};
	const struct vm_area_struct *vma = check_vma(c->m, mm, from);

	if (vma && check_is_shared(vma))
		return;
	touch_words(c, &(struct episode){.mm = mm, .start = to, .end = to + len});
	for (unsigned i = 0; i < c->nr; i++)
		if (c->promise[i].space == mm && c->promise[i].at - from < len)
			c->promise[i].at += to - from;
	promise_relink(c);
	begin(c, &e);
}

static void on_move_end(void *self, uint32_t mm, uint64_t from, uint64_t to, uint64_t len)
{
	finish_all(self, EPISODE_MOVE, mm, 0, from, from + len);
}

/* ---- files ---- */

/* Copies of private mappings go too, also in mappings that come meanwhile. What stands there then
 * is the file's again. */
static void touch_copies(const struct check_room *c, const struct file *file)
{
	const struct file_mapping *m;

	TAILQ_FOREACH(m, &file->mapping.mappings, link)
		if (!check_is_shared(m->vma))
			touch_words(c, &(struct episode){.mm = m->vma->vm_mm->name,
							 .start = m->vma->vm_start,
							 .end = m->vma->vm_end});
}

static void on_cut_begin(void *self, uint32_t name, uint64_t from, uint64_t to)
{
	struct check_room *c = self;
	bool hole = to != UINT64_MAX;

	begin(c, &(struct episode){.kind = EPISODE_EMPTY, .file = name, .start = from, .end = to,
				   .keeps_copies = hole});
	if (!hole)
		touch_copies(c, check_file(c->m, name));
}

static void on_cut_end(void *self, uint32_t name, uint64_t from, uint64_t to)
{
	struct check_room *c = self;

	if (to == UINT64_MAX)
		touch_copies(c, check_file(c->m, name));
	finish_all(c, EPISODE_EMPTY, 0, name, from, to);
}

void episode_hooks(struct observer *o)
{
	o->discard_begin = on_discard_begin;
	o->discard_end = on_discard_end;
	o->move_begin = on_move_begin;
	o->move_end = on_move_end;
	o->cut_begin = on_cut_begin;
	o->cut_end = on_cut_end;
}
