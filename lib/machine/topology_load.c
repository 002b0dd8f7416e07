/* SPDX-License-Identifier: BSD-2-Clause */
/* Tell what is to be loaded, have a child load it, check what it hands back. */
#include "machine/topology_load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "machine/topology_explain.h"

/*
 * hwloc needs 3 s for the slowest legal description known (two nodes of 4096 CPUs each); the rest
 * is for slow machines and instrumented builds.
 */
const struct topology_child_limits topology_load_limits = {
	.ready_ms = 3000,
	.attempts = 4,
	.total_ms = 60000,
	.cpu_s = 20,
	.memory = UINT64_C(1) << 30,
	.answer = TOPOLOGY_MESSAGE_MAX,
};

int topology_load_source(struct numasim_topology **topology, const struct topology_source *source,
			 const char *name, const struct topology_child_limits *limits,
			 struct numasim_error *err)
{
	struct topology_child_result result;
	struct numasim_topology *loaded = NULL;
	enum topology_failure why = TOPOLOGY_OK;
	struct numasim_error wrong = {0};
	uint64_t detail = 0;
	char what[256];
	int ret;

	snprintf(what, sizeof(what), "reading %s", name);
	ret = topology_child_run(&result, topology_hwloc_job, (void *)source,
				 topology_hwloc_environment, limits, what, err);
	if (ret)
		return ret;
	ret = topology_message_read(&loaded, &why, &detail, result.answer, result.len, &wrong);
	free(result.answer);
	if (ret)
		return error_set(err, ret, "%s: %s", name, wrong.text);
	if (!loaded)
		return topology_explain(err, source, name, why, detail, result.notes);
	*topology = loaded;
	return 0;
}

static int file_error(struct numasim_error *err, int code, const char *path)
{
	return error_set(err, code, "%s: %s%s", path, strerror(-code),
			 code == -ENOENT ? "; a topology is an XML file, a description such as "
					   "\"numa:2 core:2 pu:1\", or `host`"
					 : "");
}

/* Returns 0, 1 at the end of the file, or a negative errno. */
static int read_more(int fd, char **text, size_t *len, size_t *room)
{
	ssize_t got;

	if (*len + 1 >= *room) {
		char *bigger = realloc(*text, *room ? 2 * *room : 65536);

		if (!bigger)
			return -ENOMEM;
		*text = bigger;
		*room = *room ? 2 * *room : 65536;
	}
	got = read(fd, *text + *len, *room - *len - 1);
	if (got < 0)
		return errno == EINTR ? 0 : -errno;
	*len += (size_t)got;
	return !got;
}

int topology_read_file(char **text, size_t *len, const char *path, size_t most,
		       struct numasim_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), ret = 0;
	size_t room = 0;
	char *bytes = NULL;

	if (fd < 0)
		return file_error(err, -errno, path);
	*len = 0;
	while (!ret) {
		ret = read_more(fd, &bytes, len, &room);
		if (!ret && *len > most)
			ret = -EFBIG;
	}
	close(fd);
	if (ret < 0) {
		free(bytes);
		return ret == -EFBIG ? error_set(err, ret,
						 "%s is larger than the limit of %zu "
						 "bytes",
						 path, most)
				     : file_error(err, ret, path);
	}
	bytes[*len] = '\0';
	*text = bytes;
	return 0;
}

static int load_file(struct numasim_topology **topology, const char *path,
		     struct numasim_error *err)
{
	struct topology_source source = {.kind = TOPOLOGY_XML};
	char *text;
	int ret = topology_read_file(&text, &source.len, path, NUMASIM_TOPOLOGY_MAX_XML, err);

	if (ret)
		return ret;
	source.text = text;
	ret = topology_load_source(topology, &source, path, &topology_load_limits, err);
	free(text);
	return ret;
}

static int load_synthetic(struct numasim_topology **topology, const char *text,
			  struct numasim_error *err)
{
	struct topology_source source = {TOPOLOGY_SYNTHETIC, text, strlen(text)};
	int ret = topology_check_synthetic(text, err);

	return ret ?: topology_load_source(topology, &source, text, &topology_load_limits, err);
}

static int is_path(const char *what)
{
	size_t len = strlen(what);
	struct stat found;

	return strchr(what, '/') || (len >= 4 && !strcmp(what + len - 4, ".xml")) ||
	       !stat(what, &found);
}

int numasim_topology_load(struct numasim_topology **topology, const char *what,
			  struct numasim_error *err)
{
	static const struct topology_source host = {.kind = TOPOLOGY_HOST};

	if (!what || !*what)
		return error_set(err, -EINVAL,
				 "no topology given: name an XML file, a description "
				 "such as \"numa:2 core:2 pu:1\", or `host`");
	if (!strcmp(what, "host"))
		return topology_load_source(topology, &host, "this host", &topology_load_limits,
					    err);
	return is_path(what) ? load_file(topology, what, err) : load_synthetic(topology, what, err);
}

int numasim_topology_load_xml(struct numasim_topology **topology, const void *xml, size_t len,
			      struct numasim_error *err)
{
	struct topology_source source = {.kind = TOPOLOGY_XML, .len = len};
	char *text;
	int ret;

	if (len > NUMASIM_TOPOLOGY_MAX_XML)
		return error_set(err, -EFBIG,
				 "the XML in memory is larger than the limit of %llu "
				 "bytes",
				 (unsigned long long)NUMASIM_TOPOLOGY_MAX_XML);
	text = malloc(len + 1);
	if (!text)
		return error_set(err, -ENOMEM, "no memory to copy the XML");
	if (len)
		memcpy(text, xml, len);
	text[len] = '\0';
	source.text = text;
	ret = topology_load_source(topology, &source, "the XML in memory", &topology_load_limits,
				   err);
	free(text);
	return ret;
}
