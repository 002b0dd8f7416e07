/* SPDX-License-Identifier: BSD-2-Clause */
/* /sys/devices/system/node as files on this host, for programs that read the real one. */
#include "base/error.h"
#include "report/proc.h"
#include "report/words.h"
#include "sim/system.h"

#include <numasim/proc.h>

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_ROOM 128 /* a path of /sys/devices/system/node */

static int make_folder(const char *path, struct numasim_error *err)
{
	struct stat here;

	if (!mkdir(path, 0777))
		return 0;
	if (errno == EEXIST && !stat(path, &here) && S_ISDIR(here.st_mode))
		return 0;
	return error_set(err, -errno, "cannot make the folder %s: %s", path, strerror(errno));
}

static int write_one(const char *path, const struct numasim_machine *m, const char *name,
		     struct numasim_error *err)
{
	FILE *file = fopen(path, "w");
	int ret;

	if (!file)
		return error_set(err, -errno, "cannot write %s: %s", path, strerror(errno));
	ret = proc_node_file(file, m, name);
	if (ferror(file) && !ret)
		ret = -EIO;
	if (fclose(file) && !ret)
		ret = -errno;
	return ret ? error_set(err, ret, "cannot write %s: %s", path, strerror(-ret)) : 0;
}

/* @name, a path of the simulated computer, below @folder. */
static int write_below(const char *folder, const struct numasim_machine *m, const char *name,
		       struct numasim_error *err)
{
	const char *rest = name + strlen("/sys/devices/system/node/");
	const char *slash = strchr(rest, '/');
	char path[4096];
	int ret = 0;

	if (snprintf(path, sizeof(path), "%s/%s", folder, rest) >= (int)sizeof(path))
		return error_set(err, -ENAMETOOLONG, "the name %s is too long", folder);
	if (slash) {
		char *end = path + strlen(folder) + 1 + (slash - rest);

		*end = '\0';
		ret = make_folder(path, err);
		*end = '/';
	}
	return ret ? ret : write_one(path, m, name, err);
}

int numasim_write_nodes(const char *folder, const struct numasim_system *system,
			struct numasim_error *err)
{
	char name[PATH_ROOM];
	int ret;

	if (system->dead)
		return error_set(err, -EFAULT, "the kernel has oopsed");
	ret = make_folder(folder, err);
	for (unsigned i = 0; !ret && proc_node_path(name, sizeof(name), system->machine, i) > 0;
	     i++)
		ret = write_below(folder, system->machine, name, err);
	return ret;
}
