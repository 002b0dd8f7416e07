/* SPDX-License-Identifier: BSD-2-Clause */
/* What the director reads of /proc and /sys. */
#include "guest.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MPOL_MF_MOVE 2

unsigned side_nr_nodes(void)
{
	unsigned nr = 0;
	char path[64];

	do
		snprintf(path, sizeof(path), "/sys/devices/system/node/node%u", nr);
	while (!access(path, F_OK) && ++nr);
	return nr;
}

/* "0-1,4": the file of a node's CPUs. */
unsigned side_cpus(unsigned node, unsigned *cpus, unsigned max)
{
	char path[64], *text, *at;
	unsigned nr = 0;

	snprintf(path, sizeof(path), "/sys/devices/system/node/node%u/cpulist", node);
	text = at = file_read(path, NULL);
	if (!text)
		side_fail("cannot read %s", path);
	while (*at >= '0' && *at <= '9') {
		unsigned long first = strtoul(at, &at, 10), last = first;

		if (*at == '-')
			last = strtoul(at + 1, &at, 10);
		while (first <= last && nr < max)
			cpus[nr++] = (unsigned)first++;
		at += *at == ',';
	}
	free(text);
	return nr;
}

static int open_words(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		side_fail("cannot open %s", path);
	return fd;
}

/* Word @index of a file of 8-byte words. */
static uint64_t word_of(int fd, uint64_t index)
{
	uint64_t word;

	if (pread(fd, &word, sizeof(word), (off_t)(index * sizeof(word))) != sizeof(word))
		side_fail("cannot read word %llx of a file of /proc", (unsigned long long)index);
	return word;
}

uint64_t side_pagemap(struct side_actor *a, uint64_t address)
{
	char path[64];
	uint64_t word;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", a->process);
	fd = open_words(path);
	word = word_of(fd, address / 4096);
	close(fd);
	return word;
}

uint64_t side_kpageflags(uint64_t frame)
{
	static int fd = -1;

	if (fd < 0)
		fd = open_words("/proc/kpageflags");
	return word_of(fd, frame);
}

uint64_t side_kpagecount(uint64_t frame)
{
	static int fd = -1;

	if (fd < 0)
		fd = open_words("/proc/kpagecount");
	return word_of(fd, frame);
}

/* "/proc/self/..." of an actor; other paths as they are. */
static const char *path_of(char *text, size_t size, const struct side_actor *a, const char *path)
{
	static const char self[] = "/proc/self/";

	if (strncmp(path, self, strlen(self)))
		return path;
	snprintf(text, size, "/proc/%d/%s", a->process, path + strlen(self));
	return text;
}

char *side_read_file(struct side_actor *a, const char *path)
{
	char full[256], *text = file_read(path_of(full, sizeof(full), a, path), NULL);

	if (!text)
		side_fail("cannot read %s", path);
	return text;
}

/* After clear_refs the threads of the process need their own memory again. */
static void warm_up_process(pid_t process)
{
	for (struct side_actor *a = actors_all(); a; a = a->next)
		if (a->process == process)
			actors_warm_up(a);
}

long side_write_file(struct side_actor *a, const char *path, const char *text)
{
	char full[256];
	long result = file_write(path_of(full, sizeof(full), a, path), text);

	if (a)
		warm_up_process(a->process);
	return result;
}

static char *read_counters(void)
{
	char *text = file_read("/proc/vmstat", NULL);

	if (!text)
		side_fail("cannot read /proc/vmstat");
	return text;
}

static bool find_counter(uint64_t *value, const char *text, const char *name)
{
	char wanted[64], *found;

	snprintf(wanted, sizeof(wanted), "\n%s ", name);
	found = strstr(text, wanted);
	if (found)
		*value = strtoull(found + strlen(wanted), NULL, 10);
	return found != NULL;
}

uint64_t counter_now(const char *name)
{
	char *text = read_counters();
	uint64_t value = 0;

	find_counter(&value, text, name);
	free(text);
	return value;
}

static char *counters_text; /* of side_read_counters() */

void side_read_counters(void)
{
	free(counters_text);
	counters_text = read_counters();
}

bool side_counter(uint64_t *value, const char *name)
{
	if (!find_counter(value, counters_text, name))
		return false;
	*value -= actors_own(name);
	return true;
}

/* Moving pages begins with that on all CPUs; the page is our own and stays where it is. */
void side_settle(struct side_actor *a)
{
	static char own_page;
	void *page = &own_page;
	int node = -1, status;

	if (syscall(SYS_move_pages, 0, 1UL, &page, NULL, &node, 0) || node < 0 ||
	    syscall(SYS_move_pages, 0, 1UL, &page, &node, &status, MPOL_MF_MOVE))
		side_fail("move_pages() of the director's own page failed");
}
