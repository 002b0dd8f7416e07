/* SPDX-License-Identifier: BSD-2-Clause */
/* Events of a system, for who wants to hear of them. */
#include "sim/system.h"

/* What the engine tells and the public has a name for. */
static void tell(void *payload, enum event_kind kind, uint64_t where)
{
	const struct numasim_system *system = payload;
	uint64_t detail = system->machine->exec.event_detail;

	if (kind == EVENT_FAULT)
		system->event(NUMASIM_EVENT_FAULT, where, detail, system->event_payload);
	else if (kind == EVENT_FLUSHED)
		system->event(NUMASIM_EVENT_FLUSH, where, detail, system->event_payload);
}

void numasim_system_trace(struct numasim_system *system, numasim_event_fn *fn, void *payload)
{
	struct exec *exec = &system->machine->exec;

	system->event = fn;
	system->event_payload = payload;
	exec->event = fn ? tell : NULL;
	exec->event_payload = system;
}
