/* SPDX-License-Identifier: BSD-2-Clause */
/* lost-write, while code runs: loads return what was promised. */
#include "check/promise.h"

#include "exec/point.h"
#include "mm/file.h"

#include <stdio.h>

struct vm_area_struct *check_vma(const struct numasim_machine *m, uint32_t name, uint64_t va)
{
	struct mm_struct *mm = mm_by_name(m, name);
	struct vm_area_struct *vma = mm ? RB_ROOT(&mm->vmas) : NULL;

	while (vma && (va < vma->vm_start || va >= vma->vm_end))
		vma = va < vma->vm_start ? RB_LEFT(vma, vm_rb) : RB_RIGHT(vma, vm_rb);
	return vma;
}

struct file *check_file(const struct numasim_machine *m, uint32_t name)
{
	struct file *file;

	TAILQ_FOREACH(file, &m->mm->files, link)
		if (file->name == name)
			return file;
	return NULL;
}

/* ---- whose word ---- */

/* The mapping may be out of the tree already, while translations of it are still in use. */
static struct word_key key_of_gone(const struct check_room *c, uint32_t mm, uint64_t va)
{
	for (unsigned i = 0; i < CHECK_EPISODES; i++) {
		const struct episode *e = &c->episode[i];

		if (e->kind == EPISODE_UNMAP && e->mm == mm && e->file && va >= e->start &&
		    va < e->end)
			return (struct word_key){.space = e->file,
						 .at = va - e->start + e->other};
	}
	return (struct word_key){.space = mm, .at = va, .starts_empty = true};
}

/* Where a page is that is being moved: at its new address from the first step on. */
static uint64_t moved_to(const struct check_room *c, uint32_t mm, uint64_t va)
{
	for (unsigned i = 0; i < CHECK_EPISODES; i++) {
		const struct episode *e = &c->episode[i];

		if (e->kind == EPISODE_MOVE && e->mm == mm && va >= e->start && va < e->end)
			return va - e->start + e->other;
	}
	return va;
}

bool check_is_shared(const struct vm_area_struct *vma)
{
	return vma->vm_file && vma->vm_flags & VM_SHARED && vma->vm_file->kind != FILE_DEVICE;
}

struct word_key word_key(const struct check_room *c, uint32_t mm, uint64_t va)
{
	const struct vm_area_struct *vma;
	uint64_t offset;

	va = moved_to(c, mm, va & ~UINT64_C(7));
	vma = check_vma(c->m, mm, va);
	if (!vma)
		return key_of_gone(c, mm, va);
	offset = (vma->vm_pgoff << FRAME_SHIFT) + (va - vma->vm_start);
	if (check_is_shared(vma))
		return (struct word_key){.space = vma->vm_file->name, .at = offset};
	if (vma->vm_file)
		return (struct word_key){.space = mm, .at = va, .file = vma->vm_file->name,
					 .offset = offset};
	return (struct word_key){.space = mm, .at = va,
				 .starts_empty = !(vma->vm_flags & VM_PFNMAP)};
}

struct word_key promise_key(const struct check_room *c, const struct promise *p)
{
	if (mm_by_name(c->m, p->space))
		return word_key(c, p->space, p->at);
	return (struct word_key){.space = p->space, .at = p->at};
}

const char *word_text(const struct check_room *c, uint32_t space, uint64_t at,
		      char text[WORD_TEXT])
{
	const struct file *file = check_file(c->m, space);

	if (file)
		snprintf(text, WORD_TEXT, "byte %llu of file %s", (unsigned long long)at,
			 file->label);
	else if (c->m->exec.address_name)
		c->m->exec.address_name(c->m->exec.machine, space, at, text, WORD_TEXT);
	else
		snprintf(text, WORD_TEXT, "%#llx", (unsigned long long)at);
	return text;
}

/* ---- stores and loads ---- */

static void store(struct check_room *c, const struct word_key *key, uint64_t value,
		  uint64_t object)
{
	struct promise *p = promise_make(c, key);

	touch(PROMISE_OBJECT(key->space, key->at), ACCESS_WRITE);
	if (!p)
		return;
	p->kind = PROMISE_VALUE;
	p->value = value;
	p->object = object;
	p->during = episodes_over(c, key);
}

static void on_store(void *self, uint32_t mm, uint64_t va, uint64_t value, uint64_t object)
{
	struct word_key key = word_key(self, mm, va);

	store(self, &key, value, object);
}

static void on_file_store(void *self, uint32_t file, uint64_t offset, uint64_t value,
			  uint64_t object)
{
	store(self, &(struct word_key){.space = file, .at = offset}, value, object);
}

/* What may be loaded: @p may be NULL. */
static bool as_promised(const struct word_key *key, const struct promise *p, uint64_t value)
{
	if (!p)
		return !key->starts_empty || !value;
	switch ((enum promise_kind)p->kind) {
	case PROMISE_VALUE:
		return value == p->value;
	case PROMISE_OR_EMPTY:
		return value == p->value || !value;
	case PROMISE_EMPTY:
		return !value;
	case PROMISE_NONE:
		break;
	}
	return true;
}

static bool hidden(const struct check_room *c, const struct word_key *key)
{
	for (unsigned i = 0; i < CHECK_EPISODES; i++)
		if (episode_hides(&c->episode[i], key))
			return true;
	return false;
}

static void on_load(void *self, uint32_t mm, uint64_t va, uint64_t value, uint64_t object)
{
	struct check_room *c = self;
	struct word_key key = word_key(c, mm, va);
	const struct promise *p = promise_find(c, &key);
	uint64_t objects[2] = {object, p ? p->object : object};
	char text[WORD_TEXT];

	touch(PROMISE_OBJECT(key.space, key.at), ACCESS_READ);
	if (as_promised(&key, p, value) || hidden(c, &key))
		return;
	if (p && p->kind == PROMISE_EMPTY)
		violate(ORACLE_LOST_WRITE, objects, 2,
			"a load of %s returned %llu, but that memory was given back and must be "
			"empty", word_text(c, mm, va, text), (unsigned long long)value);
	else
		violate(ORACLE_LOST_WRITE, objects, 2,
			"a load of %s returned %llu, but %llu was stored there",
			word_text(c, mm, va, text), (unsigned long long)value,
			(unsigned long long)(p ? p->value : 0));
}

/* ---- address spaces and files come and go ---- */

/* What the child finds at @p's address: as the parent, unless that was stored to meanwhile. */
static void inherit(struct check_room *c, const struct promise *p, uint32_t child, uint32_t copies)
{
	const struct vm_area_struct *vma = check_vma(c->m, child, p->at);
	struct word_key key = {.space = child, .at = p->at};
	struct promise *new;

	if (!vma || vma->vm_flags & VM_WIPEONFORK)
		return;
	new = promise_make(c, &key);
	touch(PROMISE_OBJECT(child, p->at), ACCESS_WRITE);
	if (!new)
		return;
	new->kind = p->during & copies ? PROMISE_NONE : p->kind;
	new->value = p->value;
	new->object = p->object;
}

static void on_fork(void *self, uint32_t parent, uint32_t child)
{
	struct check_room *c = self;
	unsigned nr = c->nr;
	uint32_t copies = 0;

	for (unsigned i = 0; i < CHECK_EPISODES; i++)
		if (c->episode[i].kind == EPISODE_COPY && c->episode[i].mm == parent &&
		    c->episode[i].who == exec_current->running->id)
			copies |= 1u << i;
	for (unsigned i = 0; i < nr; i++) {
		const struct promise p = c->promise[i];

		if (p.space != parent)
			continue;
		touch(PROMISE_OBJECT(parent, p.at), ACCESS_READ);
		inherit(c, &p, child, copies);
	}
}

static void on_gone(void *self, uint32_t space)
{
	struct check_room *c = self;

	for (unsigned i = 0; i < c->nr;)
		if (c->promise[i].space == space)
			promise_drop(c, &c->promise[i]);
		else
			i++;
}

static uint64_t episode_hash(const struct episode *e)
{
	uint64_t hash = digest_mix((uint64_t)e->kind << 32 | e->mm,
				   (uint64_t)e->who << 32 | e->file);

	return digest_mix(digest_mix(hash, e->start), digest_mix(e->end, e->other));
}

/* Neither the order of promises nor that of episodes means anything. */
void promise_digest(const struct check_room *c, struct digest_sink *sink)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < c->nr; i++) {
		const struct promise *p = &c->promise[i];
		uint64_t hash = digest_mix(digest_mix(p->space, p->at), p->value), during = p->kind;

		for (unsigned k = 0; k < CHECK_EPISODES; k++)
			if (p->during >> k & 1)
				during += episode_hash(&c->episode[k]);
		sum += digest_mix(hash, during);
	}
	for (unsigned k = 0; k < CHECK_EPISODES; k++)
		if (c->episode[k].kind != EPISODE_NONE)
			sum += episode_hash(&c->episode[k]);
	digest_put(sink, sum);
}

void promise_hooks(struct observer *o)
{
	o->stored = on_store;
	o->file_stored = on_file_store;
	o->loaded = on_load;
	o->mm_forked = on_fork;
	o->mm_gone = on_gone;
	o->file_gone = on_gone;
}
