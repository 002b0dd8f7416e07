/* SPDX-License-Identifier: BSD-2-Clause */
/* The oracles that look at a machine at rest, for a system; those that watch it have told the
 * engine what they found. */
#include "check/check.h"
#include "mm/page.h"
#include "sim/system.h"

#include <numasim/system_calls.h>

static long look(struct numasim_machine *m)
{
	if (m->check)
		check_promises(m);
	check_pages(m);
	return 0;
}

static long drain(void)
{
	lru_add_drain_all();
	return 0;
}

long numasim_system_drain(struct numasim_system *system)
{
	return IN_SYSTEM(system, 0, drain());
}

int numasim_system_audit(struct numasim_system *system, struct numasim_error *err)
{
	struct numasim_machine *m = system->machine;

	if (!system->dead)
		IN_SYSTEM(system, 0, look(m));
	if (system->dead)
		return error_set(err, -EFAULT, "the system is dead: %s", m->exec.violation.text);
	if (m->exec.violation.found)
		return error_set(err, -EUCLEAN, "%s", m->exec.violation.text);
	return *m->exec.limit ? error_set(err, -EUCLEAN, "%s", m->exec.limit) : 0;
}
