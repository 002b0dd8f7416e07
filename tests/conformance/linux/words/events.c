/* SPDX-License-Identifier: BSD-2-Clause */
/* Events of a step: faults and flushes. Faults at page after page are one line. */
#include "words.h"

#include <stdio.h>
#include <string.h>

struct run {
	struct side_event first;
	uint64_t times;
};

static void print_run(const struct run *run)
{
	char where[TEXT_SIZE], detail[TEXT_SIZE] = "";

	if (!run->times)
		return;
	if (!strcmp(run->first.what, "flush"))
		address_text(detail, run->first.detail);
	else
		snprintf(detail, sizeof(detail), "%llx", (unsigned long long)run->first.detail);
	if (run->times > 1)
		line("event %s %s %s, %llu pages", run->first.what,
		     address_text(where, run->first.address), detail,
		     (unsigned long long)run->times);
	else
		line("event %s %s %s", run->first.what, address_text(where, run->first.address),
		     detail);
}

static bool goes_on(const struct run *run, const struct side_event *event)
{
	return run->times && !strcmp(event->what, "fault") &&
	       !strcmp(run->first.what, "fault") && event->detail == run->first.detail &&
	       event->address == run->first.address + run->times * PAGE;
}

void events_end_step(void)
{
	struct run run = {.times = 0};
	struct side_event event;

	while (side_next_event(&event)) {
		if (goes_on(&run, &event)) {
			run.times++;
			continue;
		}
		print_run(&run);
		run = (struct run){event, 1};
	}
	print_run(&run);
}

void events_begin_step(void)
{
	side_watch();
}
