/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/built.h"

#include "base/error.h"
#include "kernel/releases.h"
#include "kernel/version.h"

#include <errno.h>

int kernel_check_built(const struct kernel *k, struct numasim_error *err)
{
	const struct release *release = release_get(k->release);
	struct kernel plain;

	if (release->version > REL(6, 12))
		return error_set(err, -ENOTSUP, "%s cannot run: the memory manager's steps are "
				 "built for v3.8 to v6.12 (numasim releases lists all)",
				 release->name);
	kernel_config_release(&plain, k->release);
	for (int row = 0; row < NR_KERNEL_ROWS; row++)
		if (kernel_has(k, row) != kernel_has(&plain, row) && !row_steps_built(row))
			return error_set(err, -ENOTSUP, "the steps of \"%s\" (%s) are not built, "
					 "so it can neither be added nor taken away",
					 row_get(row)->subject ?: row_get(row)->steps,
					 row_label(row));
	return 0;
}

bool kernel_hint_migration_built(const struct kernel *k)
{
	return release_get(k->release)->version <= REL(3, 13);
}
