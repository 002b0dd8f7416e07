/* SPDX-License-Identifier: BSD-2-Clause */
#include "mm/api.h"

#include "exec/point.h"
#include "mm/fault.h"
#include "mm/mm.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char part_name[] = "kernel.h";

struct api_room *api_room_of(const struct numasim_machine *m)
{
	const struct state *state = &m->exec.state;

	for (unsigned i = 0; i < state->nr_parts; i++)
		if (state->part[i].name == part_name)
			return state->part[i].self;
	return NULL;
}

static uint64_t value_of(const struct api_item *item)
{
	if (item->kind == API_ATOMIC)
		return ((const struct numasim_atomic *)item)->value;
	return ((const struct numasim_guarded *)item)->value;
}

static void digest_items(void *self, struct digest_sink *sink)
{
	struct api_room *room = self;

	for (const struct api_item *item = room->first; item; item = item->next) {
		if (item->kind == API_LOCK)
			lock_digest(&((const struct api_lock *)item)->lock, sink);
		else if (item->kind == API_RWSEM)
			rwlock_digest(&((const struct api_rwsem *)item)->sem, sink);
		else
			digest_put(sink, value_of(item));
	}
}

static struct api_room *make_room(struct numasim_machine *m)
{
	struct api_room *room = arena_alloc(m->arena, sizeof(*room));
	struct state_part part = {.name = part_name, .digest = digest_items};

	if (!room)
		return NULL;
	room->last = &room->first;
	part.self = room;
	return state_register(&m->exec.state, part) ? NULL : room;
}

static int check_label(const struct api_room *room, const char *label, struct numasim_error *err)
{
	size_t length = label ? strlen(label) : 0;

	if (!length || length >= NUMASIM_LABEL)
		return error_set(err, -EINVAL, "a label has 1 to %d bytes; this one has %zu",
				 NUMASIM_LABEL - 1, length);
	for (const struct api_item *item = room->first; item; item = item->next)
		if (!strcmp(item->label, label))
			return error_set(err, -EEXIST, "there is a variable or lock called "
					 "\"%s\" already: give this one another label", label);
	return 0;
}

int api_item_new(struct api_item **out, struct numasim_machine *m, enum api_kind kind, size_t size,
		 const char *label, struct numasim_error *err)
{
	struct api_room *room;
	struct api_item *item;
	int ret;

	if (api_running())
		return error_set(err, -EBUSY, "simulated code cannot make variables or locks: make "
				 "them before the machine runs");
	room = api_room_of(m) ?: make_room(m);
	if (!room)
		return error_set(err, -ENOMEM, "the machine has no room for variables");
	ret = check_label(room, label, err);
	if (ret)
		return ret;
	item = arena_alloc(m->arena, size);
	if (!item)
		return error_set(err, -ENOMEM, "the machine has no room for \"%s\"", label);
	item->kind = kind;
	memcpy(item->label, label, strlen(label) + 1);
	*room->last = item;
	room->last = &item->next;
	*out = item;
	return 0;
}

uint32_t api_item_name(struct numasim_machine *m)
{
	return ++m->exec.setup_births;
}

const char *api_label(const struct numasim_machine *m, uint64_t object)
{
	const struct api_room *room = api_room_of(m);

	for (const struct api_item *item = room ? room->first : NULL; item; item = item->next)
		if (item->object == object)
			return item->label;
	return NULL;
}

void api_looked(uint64_t object)
{
	struct api_room *room = exec_current ? api_room_of(current_machine()) : NULL;

	if (room && room->nr_looks < API_LOOKS)
		room->look[room->nr_looks++] = object;
}

bool api_mm_running(const char *who)
{
	if (!api_running())
		return false;
	if (!current_machine()->mm)
		kernel_oops("%s() on a machine without address spaces", who);
	return true;
}

bool api_page(const struct page *page, const char *who)
{
	if (!api_mm_running(who))
		return false;
	if (!page)
		kernel_oops("%s(NULL)", who);
	return true;
}

void api_fail(const uint64_t *objects, unsigned nr, const char *format, ...)
{
	char text[VIOLATION_TEXT];
	va_list args;

	if (!exec_current)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	violate(ORACLE_ASSERTION, objects, nr, "%s", text);
	if (exec_current->running && exec_current->violation.found)
		context_die();
}
