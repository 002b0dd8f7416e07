/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The releases, oldest first: every mainline release, the candidates that a row needs, and two
 * distribution kernels, each of which stands for a mainline base, the stable release of it, and
 * the options it was built with.
 */
#ifndef KERNEL_RELEASES_H
#define KERNEL_RELEASES_H

#include "kernel/rows.h"

struct release {
	const char *name;
	uint32_t version;  /* of the mainline base */
	unsigned stable;   /* number of the stable release on that base, 0 for mainline */
	uint32_t options;  /* enum kernel_option */
	const char *base;  /* "v6.1", NULL for mainline */
};

size_t release_count(void);
const struct release *release_get(size_t index);

/* Number of the release called @name; -ENOENT says which ones are near it. */
int release_find(size_t *index, const char *name, struct numasim_error *err);

/* Had @release @row's code when it came out, by its version or by a backport? */
bool release_merged(const struct release *release, const struct row *row);

#endif
