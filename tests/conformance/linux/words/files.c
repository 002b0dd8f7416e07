/* SPDX-License-Identifier: BSD-2-Clause */
/* Files in memory and on a disk. */
#include "words.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>

int memory_file(struct actor *a, const char *name)
{
	char *buffer = side_buffer(a->side);

	snprintf(buffer, SIDE_BUFFER, "%s", name);
	return (int)call(a, "memfd_create", SYS_memfd_create, (uintptr_t)buffer, MFD_CLOEXEC, 0, 0,
			 0, 0);
}

int disk_file(struct actor *a, const char *name)
{
	char *buffer = side_buffer(a->side);

	snprintf(buffer, SIDE_BUFFER, "/disk/%s", name);
	return (int)call(a, "open", SYS_open, (uintptr_t)buffer, O_RDWR | O_CREAT | O_CLOEXEC, 0600,
			 0, 0, 0);
}

long resize(struct actor *a, int fd, uint64_t length)
{
	return call(a, "ftruncate", SYS_ftruncate, (uint64_t)fd, length, 0, 0, 0, 0);
}

long fill(struct actor *a, int fd, uint64_t pages, uint64_t first)
{
	uint64_t *buffer = side_buffer(a->side);
	long result = 0;

	for (uint64_t i = 0; i < pages && result >= 0; i++) {
		for (unsigned word = 0; word < PAGE / sizeof(*buffer); word++)
			buffer[word] = first + i;
		result = call(a, "pwrite", SYS_pwrite64, (uint64_t)fd, (uintptr_t)buffer, PAGE,
			      i * PAGE, 0, 0);
	}
	return result;
}

long sync_file(struct actor *a, int fd)
{
	return call(a, "fsync", SYS_fsync, (uint64_t)fd, 0, 0, 0, 0, 0);
}

long close_file(struct actor *a, int fd)
{
	return call(a, "close", SYS_close, (uint64_t)fd, 0, 0, 0, 0, 0);
}
