/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared variables, and those that a lock guards. */
#include "exec/var.h"
#include "mm/api.h"

int numasim_atomic_new(struct numasim_atomic **out, struct numasim_machine *machine,
		       const char *label, int64_t value, struct numasim_error *err)
{
	struct api_item *item;
	struct numasim_atomic *v;
	int ret = api_item_new(&item, machine, API_ATOMIC, sizeof(*v), label, err);

	if (ret)
		return ret;
	v = (struct numasim_atomic *)item;
	item->object = OBJECT(OBJ_VAR, api_item_name(machine), 0);
	v->value = (uint64_t)value;
	*out = v;
	return 0;
}

static uint64_t object_of(const struct numasim_atomic *v)
{
	return v->item.object;
}

int64_t numasim_atomic_read(const struct numasim_atomic *v)
{
	int64_t value;

	if (!api_running()) {
		api_looked(object_of(v));
		return (int64_t)v->value;
	}
	value = (int64_t)shared_read64(object_of(v), &v->value);
	note("read %s = %lld", v->item.label, (long long)value);
	return value;
}

void numasim_atomic_set(struct numasim_atomic *v, int64_t value)
{
	if (!api_running()) {
		v->value = (uint64_t)value;
		return;
	}
	shared_write64(object_of(v), &v->value, (uint64_t)value);
	note("set %s = %lld", v->item.label, (long long)value);
}

/* A read-modify-write: the value before, which @value replaces. */
static uint64_t update_begin(const struct numasim_atomic *v)
{
	if (api_running())
		point(POINT_UPDATE, object_of(v), ACCESS_WRITE);
	return v->value;
}

static void update_end(const struct numasim_atomic *v, uint64_t learned)
{
	if (!api_running())
		return;
	observe(learned);
	note("update %s to %lld", v->item.label, (long long)v->value);
}

int64_t numasim_atomic_add_return(int64_t delta, struct numasim_atomic *v)
{
	v->value = update_begin(v) + (uint64_t)delta;
	update_end(v, v->value);
	return (int64_t)v->value;
}

int64_t numasim_atomic_xchg(struct numasim_atomic *v, int64_t value)
{
	uint64_t found = update_begin(v);

	v->value = (uint64_t)value;
	update_end(v, found);
	return (int64_t)found;
}

int64_t numasim_atomic_cmpxchg(struct numasim_atomic *v, int64_t old_value, int64_t new_value)
{
	uint64_t found = update_begin(v);

	if (found == (uint64_t)old_value)
		v->value = (uint64_t)new_value;
	update_end(v, found);
	return (int64_t)found;
}

/* ---- waiting for a value ---- */

struct wait {
	const struct numasim_atomic *v;
	uint64_t value;
	bool equal;
};

static void describe_wait(struct announcement *a, const void *arg)
{
	const struct wait *w = arg;

	announce_access(a, object_of(w->v), ACCESS_READ);
	a->enabled = (w->v->value == w->value) == w->equal;
	a->waits_for = object_of(w->v);
}

static int64_t wait_for(const struct numasim_atomic *v, int64_t value, bool equal)
{
	struct wait w = {v, (uint64_t)value, equal};
	int64_t found;

	if (!api_running())
		return (int64_t)v->value;
	point_described(POINT_WAIT, object_of(v), describe_wait, &w);
	found = (int64_t)v->value;
	observe((uint64_t)found);
	note("see %s = %lld", v->item.label, (long long)found);
	return found;
}

void numasim_atomic_wait_eq(const struct numasim_atomic *v, int64_t value)
{
	wait_for(v, value, true);
}

int64_t numasim_atomic_wait_ne(const struct numasim_atomic *v, int64_t value)
{
	return wait_for(v, value, false);
}

/* ---- guarded variables ---- */

int numasim_guarded_new(struct numasim_guarded **out, struct numasim_machine *machine,
			const char *label, int64_t value, struct numasim_lock *lock,
			struct numasim_error *err)
{
	struct api_item *item;
	struct numasim_guarded *v;
	int ret;

	if (!lock)
		return error_set(err, -EINVAL, "a guarded variable needs the lock that guards it");
	ret = api_item_new(&item, machine, API_GUARDED, sizeof(*v), label, err);
	if (ret)
		return ret;
	v = (struct numasim_guarded *)item;
	item->object = OBJECT(OBJ_VAR, api_item_name(machine), 0);
	v->value = (uint64_t)value;
	v->lock = (const struct lock *)lock;
	*out = v;
	return 0;
}

/* Part of the running step; the lock keeps all others away. */
static void use_guarded(const struct numasim_guarded *v, enum access_mode mode)
{
	if (!api_running())
		return;
	touch(v->item.object, mode);
	if (v->lock->owner != exec_current->running->id)
		api_fail(&v->item.object, 1, "%s %s %s without holding its lock",
			 exec_current->running->name, mode == ACCESS_WRITE ? "writes" : "reads",
			 v->item.label);
}

int64_t numasim_guarded_read(const struct numasim_guarded *v)
{
	use_guarded(v, ACCESS_READ);
	if (api_running())
		observe(v->value);
	else
		api_looked(v->item.object);
	return (int64_t)v->value;
}

void numasim_guarded_set(struct numasim_guarded *v, int64_t value)
{
	use_guarded(v, ACCESS_WRITE);
	v->value = (uint64_t)value;
	if (api_running())
		note("%s = %lld", v->item.label, (long long)value);
}
