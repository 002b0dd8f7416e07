/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of releases, oldest first. */
#include "kernel/releases.h"
#include "kernel/options.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/*
 * Mainline stands for a build with everything that changes the format of entries, on a processor
 * with four levels and without shadow stacks.
 */
#define MAINLINE                                                                                   \
	(OPTION_NUMA_BALANCING | OPTION_MIGRATION | OPTION_THP | OPTION_MEMORY_FAILURE |           \
	 OPTION_DEVICE_PRIVATE | OPTION_SOFT_DIRTY | OPTION_USERFAULTFD_WP | OPTION_PTE_MARKER)

/* Debian's generic amd64 kernels have no device-private memory (configuration of 6.1.192); that of
 * 6.12.117 has the multi-generation LRU on. */
#define DEBIAN (MAINLINE & ~OPTION_DEVICE_PRIVATE)

#define M(major, minor) { "v" #major "." #minor, REL(major, minor), 0, MAINLINE, NULL }
#define C(major, minor, rc)                                                                        \
	{ "v" #major "." #minor "-rc" #rc, RC(major, minor, rc), 0, MAINLINE, NULL }
#define D(major, minor, stable, options)                                                           \
	{ "debian-" #major "." #minor "." #stable, REL(major, minor), stable, options,             \
	  "v" #major "." #minor }

static const struct release releases[] = {
	M(3, 8), M(3, 9), M(3, 10), M(3, 11), M(3, 12),
	C(3, 13, 1), C(3, 13, 4), C(3, 13, 5), M(3, 13),
	M(3, 14), M(3, 15), M(3, 16), M(3, 17), M(3, 18), M(3, 19),
	C(4, 0, 1), C(4, 0, 2), C(4, 0, 6), M(4, 0),
	M(4, 1), M(4, 2), M(4, 3), M(4, 4),
	C(4, 5, 1), C(4, 5, 6), M(4, 5), M(4, 6), M(4, 7), M(4, 8),
	C(4, 9, 1), C(4, 9, 2), C(4, 9, 8), M(4, 9), M(4, 10),
	C(4, 11, 1), C(4, 11, 7), M(4, 11), M(4, 12),
	C(4, 13, 4), C(4, 13, 5), M(4, 13), M(4, 14),
	C(4, 15, 2), M(4, 15), M(4, 16), M(4, 17), M(4, 18), M(4, 19), M(4, 20),
	M(5, 0), M(5, 1), M(5, 2), M(5, 3), M(5, 4), M(5, 5), M(5, 6), M(5, 7),
	C(5, 8, 1), C(5, 8, 7), M(5, 8), M(5, 9), M(5, 10), M(5, 11), M(5, 12), M(5, 13), M(5, 14),
	M(5, 15), M(5, 16), M(5, 17), M(5, 18), M(5, 19),
	M(6, 0), M(6, 1), D(6, 1, 192, DEBIAN),
	M(6, 2), M(6, 3), M(6, 4), M(6, 5), M(6, 6), M(6, 7), M(6, 8), M(6, 9), M(6, 10), M(6, 11),
	M(6, 12), D(6, 12, 117, DEBIAN | OPTION_LRU_GEN),
	M(6, 13), M(6, 14), M(6, 15), M(6, 16),
};

#define NR_RELEASES (sizeof(releases) / sizeof(releases[0]))

size_t release_count(void)
{
	return NR_RELEASES;
}

const struct release *release_get(size_t index)
{
	return &releases[index];
}

/* "3.13" and "V3.13" are v3.13 too. */
static bool names(const char *name, const char *text)
{
	return !strcasecmp(name, text) || (name[0] == 'v' && !strcasecmp(name + 1, text));
}

/* Length of what @a and @b have in common at their starts. */
static size_t common(const char *a, const char *b)
{
	size_t len = 0;

	while (a[len] && tolower((unsigned char)a[len]) == tolower((unsigned char)b[len]))
		len++;
	return len;
}

static int unknown(const char *name, struct numasim_error *err)
{
	const char *text = isdigit((unsigned char)name[0]) ? name : name + 1;
	char near[256] = "";
	size_t used = 0, longest = 3;
	int found = 0;

	for (size_t i = 0; i < NR_RELEASES && name[0]; i++)
		if (common(releases[i].name + 1, text) > longest)
			longest = common(releases[i].name + 1, text);
	for (size_t i = 0; i < NR_RELEASES && name[0] && found < 4; i++)
		if (common(releases[i].name + 1, text) == longest)
			used += (size_t)snprintf(near + used, sizeof(near) - used, "%s%s",
						 found++ ? ", " : "; did you mean ",
						 releases[i].name);
	return error_set(err, -ENOENT,
			 "unknown release \"%.60s\"%s%s (v3.8 to v6.16, candidates where a fix "
			 "needs them, and two of Debian: see `numasim releases`)",
			 name, near, near[0] ? "?" : "");
}

int release_find(size_t *index, const char *name, struct numasim_error *err)
{
	for (size_t i = 0; i < NR_RELEASES; i++) {
		if (names(releases[i].name, name)) {
			*index = i;
			return 0;
		}
	}
	return unknown(name, err);
}

/* Is there a stable release of @release's branch in @backports that it includes? */
static bool backported(const struct release *release, const char *backports)
{
	unsigned major, minor, stable;
	int len;

	if (!release->stable || !backports)
		return false;
	while (sscanf(backports, "%u.%u.%u%n", &major, &minor, &stable, &len) == 3) {
		if (REL(major, minor) == release->version && stable <= release->stable)
			return true;
		backports += len;
	}
	return false;
}

bool release_merged(const struct release *release, const struct row *row)
{
	if (row->closed == NEVER)
		return false;
	return row->closed <= release->version || backported(release, row->backports);
}
