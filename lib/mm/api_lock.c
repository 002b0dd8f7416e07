/* SPDX-License-Identifier: BSD-2-Clause */
/* Locks for users: those of lib/exec, with a name, and checked. */
#include "exec/point.h"
#include "mm/api.h"
#include "mm/mm.h"

#include <stdio.h>

static struct lock *inner(struct numasim_lock *lock)
{
	return (struct lock *)lock;
}

static struct rwlock *inner_rw(struct numasim_rwsem *sem)
{
	return (struct rwlock *)sem;
}

int numasim_lock_new(struct numasim_lock **lock, struct numasim_machine *machine,
		     const char *label, struct numasim_error *err)
{
	struct api_item *item;
	struct api_lock *made;
	int ret = api_item_new(&item, machine, API_LOCK, sizeof(*made), label, err);

	if (ret)
		return ret;
	made = (struct api_lock *)item;
	lock_init(&made->lock, api_item_name(machine), LOCK_USER);
	item->object = OBJECT(OBJ_LOCK, made->lock.name, LOCK_USER);
	*lock = (struct numasim_lock *)&made->lock;
	return 0;
}

int numasim_rwsem_new(struct numasim_rwsem **sem, struct numasim_machine *machine,
		      const char *label, struct numasim_error *err)
{
	struct api_item *item;
	struct api_rwsem *made;
	int ret = api_item_new(&item, machine, API_RWSEM, sizeof(*made), label, err);

	if (ret)
		return ret;
	made = (struct api_rwsem *)item;
	rwlock_init(&made->sem, api_item_name(machine), LOCK_USER);
	item->object = OBJECT(OBJ_LOCK, made->sem.name, LOCK_USER);
	*sem = (struct numasim_rwsem *)&made->sem;
	return 0;
}

#define LOCK_OF(lock) OBJECT(OBJ_LOCK, (lock)->name, (lock)->class)

/* What texts call a lock: the user's label, or the name that lib/mm's have. */
static const char *name_of(uint64_t object, char text[64])
{
	struct numasim_machine *m = current_machine();
	const char *label = api_label(m, object);

	if (label)
		return label;
	snprintf(text, 64, "a lock");
	if (m->exec.object_name)
		m->exec.object_name(m, object, text, 64);
	return text;
}

#define NAME_OF(object) name_of(object, (char[64]){0})

static void note_lock(const char *verb, uint64_t object)
{
	if (note_wanted())
		note("%s %s", verb, NAME_OF(object));
}

void numasim_lock_take(struct numasim_lock *lock)
{
	if (!api_running())
		return;
	lock_take(inner(lock));
	note_lock("take", LOCK_OF(inner(lock)));
}

bool numasim_lock_try(struct numasim_lock *lock)
{
	bool got;

	if (!api_running())
		return false;
	got = lock_try(inner(lock));
	note_lock(got ? "take" : "fail to take", LOCK_OF(inner(lock)));
	return got;
}

/* Somebody releases what is not theirs. */
static void complain(uint64_t object)
{
	api_fail(&object, 1, "%s releases %s, which it does not hold", exec_current->running->name,
		 NAME_OF(object));
}

void numasim_lock_release(struct numasim_lock *lock)
{
	if (!api_running())
		return;
	if (inner(lock)->owner != exec_current->running->id) {
		touch(LOCK_OF(inner(lock)), ACCESS_READ);
		complain(LOCK_OF(inner(lock)));
		return;
	}
	lock_release(inner(lock));
	note_lock("release", LOCK_OF(inner(lock)));
}

bool numasim_lock_is_held(struct numasim_lock *lock)
{
	bool held;

	if (!api_running())
		return inner(lock)->owner;
	point(POINT_READ, LOCK_OF(inner(lock)), ACCESS_READ);
	held = inner(lock)->owner;
	observe(held);
	return held;
}

void numasim_rwsem_read(struct numasim_rwsem *sem)
{
	if (!api_running())
		return;
	rwlock_take_read(inner_rw(sem));
	note_lock("take for reading", LOCK_OF(inner_rw(sem)));
}

bool numasim_rwsem_try_read(struct numasim_rwsem *sem)
{
	bool got = api_running() && rwlock_try_read(inner_rw(sem));

	if (api_running())
		note_lock(got ? "take for reading" : "fail to take", LOCK_OF(inner_rw(sem)));
	return got;
}

void numasim_rwsem_release_read(struct numasim_rwsem *sem)
{
	if (!api_running())
		return;
	if (!inner_rw(sem)->readers) {
		touch(LOCK_OF(inner_rw(sem)), ACCESS_READ);
		complain(LOCK_OF(inner_rw(sem)));
		return;
	}
	rwlock_release_read(inner_rw(sem));
	note_lock("release", LOCK_OF(inner_rw(sem)));
}

void numasim_rwsem_write(struct numasim_rwsem *sem)
{
	if (!api_running())
		return;
	rwlock_take_write(inner_rw(sem));
	note_lock("take for writing", LOCK_OF(inner_rw(sem)));
}

bool numasim_rwsem_try_write(struct numasim_rwsem *sem)
{
	bool got = api_running() && rwlock_try_write(inner_rw(sem));

	if (api_running())
		note_lock(got ? "take for writing" : "fail to take", LOCK_OF(inner_rw(sem)));
	return got;
}

void numasim_rwsem_release_write(struct numasim_rwsem *sem)
{
	if (!api_running())
		return;
	if (inner_rw(sem)->writer != exec_current->running->id) {
		touch(LOCK_OF(inner_rw(sem)), ACCESS_READ);
		complain(LOCK_OF(inner_rw(sem)));
		return;
	}
	rwlock_release_write(inner_rw(sem));
	note_lock("release", LOCK_OF(inner_rw(sem)));
}
