/* SPDX-License-Identifier: BSD-2-Clause */
/* Locks for users: those of lib/exec, with a name, and checked. */
#include "exec/point.h"
#include "mm/api.h"
#include "mm/mm.h"

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

/* What texts call a lock: the user's label, or nothing for one of lib/mm. */
static const char *label_of(uint64_t object)
{
	return api_label(current_machine(), object) ?: "a lock";
}

#define LOCK_OF(lock) OBJECT(OBJ_LOCK, (lock)->name, (lock)->class)

void numasim_lock_take(struct numasim_lock *lock)
{
	if (!api_running())
		return;
	lock_take(inner(lock));
	if (note_wanted())
		note("take %s", label_of(LOCK_OF(inner(lock))));
}

bool numasim_lock_try(struct numasim_lock *lock)
{
	bool got;

	if (!api_running())
		return false;
	got = lock_try(inner(lock));
	if (note_wanted())
		note(got ? "take %s" : "fail to take %s", label_of(LOCK_OF(inner(lock))));
	return got;
}

/* Somebody releases what is not theirs. */
static void complain(uint64_t object)
{
	api_fail(&object, 1, "%s releases %s, which it does not hold", exec_current->running->name,
		 label_of(object));
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
	if (note_wanted() && !exec_current->unlock_is_point)
		note("release %s", label_of(LOCK_OF(inner(lock))));
	lock_release(inner(lock));
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
	if (note_wanted())
		note("read-lock %s", label_of(LOCK_OF(inner_rw(sem))));
}

bool numasim_rwsem_try_read(struct numasim_rwsem *sem)
{
	return api_running() && rwlock_try_read(inner_rw(sem));
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
}

void numasim_rwsem_write(struct numasim_rwsem *sem)
{
	if (!api_running())
		return;
	rwlock_take_write(inner_rw(sem));
	if (note_wanted())
		note("write-lock %s", label_of(LOCK_OF(inner_rw(sem))));
}

bool numasim_rwsem_try_write(struct numasim_rwsem *sem)
{
	return api_running() && rwlock_try_write(inner_rw(sem));
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
}
