/* SPDX-License-Identifier: BSD-2-Clause */
/* What a test says about its own run, where code runs, and user memory. */
#include "exec/point.h"
#include "mm/access.h"
#include "mm/api.h"
#include "mm/fault.h"
#include "mm/mm.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void numasim_assume(bool condition)
{
	if (api_running())
		exec_assume(condition);
}

void numasim_fail(const char *format, ...)
{
	char text[VIOLATION_TEXT];
	const struct api_room *room;
	va_list args;

	if (!exec_current)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	room = exec_current->running ? NULL : api_room_of(current_machine());
	api_fail(room ? room->look : NULL, room ? room->nr_looks : 0, "%s", text);
}

void numasim_note(const char *format, ...)
{
	char text[STEP_NOTE_MAX];
	va_list args;

	if (!exec_current || !note_wanted())
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	note("%s", text);
}

void numasim_progress(void)
{
	if (api_running())
		retired();
}

void numasim_loop_head(const char *name, const int64_t *values, size_t nr)
{
	uint64_t place = nr;

	if (!api_running())
		return;
	for (const char *c = name ? name : ""; *c; c++)
		place = digest_mix(place, (unsigned char)*c);
	point_rest(place, (const uint64_t *)values, nr);
}

/* ---- where the code runs ---- */

static bool on_cpu(void)
{
	return api_running() && exec_current->running->cpu < current_machine()->nr_cpus;
}

unsigned numasim_smp_processor_id(void)
{
	return on_cpu() ? this_cpu()->id : 0;
}

unsigned numasim_numa_node_id(void)
{
	return on_cpu() ? current_machine()->node[this_cpu()->node].id : 0;
}

struct mm_struct *numasim_current_mm(void)
{
	return on_cpu() ? this_cpu()->mm : NULL;
}

void numasim_local_irq_disable(void)
{
	if (on_cpu())
		local_irq_disable();
}

void numasim_local_irq_enable(void)
{
	if (!on_cpu())
		return;
	if (this_cpu()->irq_off)
		local_irq_enable();
	else
		api_fail(NULL, 0, "%s turns interrupts on that are on",
			 exec_current->running->name);
}

/* ---- user memory ---- */

/* Can an instruction touch @address? What cannot be is a mistake of the test, not a fault. */
static bool can_access(uint64_t address)
{
	if (!api_running())
		return false;
	if (!numasim_current_mm())
		api_fail(NULL, 0, "%s touches user memory, but has no address space",
			 exec_current->running->name);
	else if (address & 7)
		api_fail(NULL, 0, "%s touches user memory at %#llx, which is not aligned to 8",
			 exec_current->running->name, (unsigned long long)address);
	else
		return true;
	return false;
}

/*
 * The instruction starts from a rest. What the code has seen so far stays known: it is the place.
 */
bool numasim_user_load(uint64_t *value, uint64_t address)
{
	uint64_t loaded;

	if (!can_access(address) ||
	    !user_load(address, &loaded, exec_current->running->observed, NULL, 0))
		return false;
	*value = loaded;
	return true;
}

bool numasim_user_store(uint64_t address, uint64_t value)
{
	return can_access(address) &&
	       user_store(address, value, exec_current->running->observed, NULL, 0);
}
