/* SPDX-License-Identifier: BSD-2-Clause */
/* Events of a system, kept until somebody asks. */
#include "model.h"

#include <stdlib.h>
#include <string.h>

static struct side_event *kept;
static size_t nr, room, given;
static bool deaf;

static void keep(enum numasim_event event, uint64_t address, uint64_t detail, void *payload)
{
	if (deaf)
		return;
	if (nr == room) {
		room = room ? 2 * room : 64;
		kept = realloc(kept, room * sizeof(*kept));
		if (!kept)
			side_fail("no memory for events");
	}
	kept[nr] = (struct side_event){.address = address, .detail = detail};
	strcpy(kept[nr++].what, event == NUMASIM_EVENT_FAULT ? "fault" : "flush");
}

void model_deafen(bool is_deaf)
{
	deaf = is_deaf;
}

void side_watch(void)
{
	nr = given = 0;
	numasim_system_trace(model.system, keep, NULL);
}

bool side_next_event(struct side_event *event)
{
	numasim_system_trace(model.system, NULL, NULL);
	if (given == nr) {
		free(kept);
		kept = NULL;
		nr = room = given = 0;
		return false;
	}
	*event = kept[given++];
	return true;
}
