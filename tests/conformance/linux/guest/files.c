/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole files. */
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_SIZE 65536

/* /proc says no sizes: read until the end, with room to grow. */
char *file_read(const char *path, size_t *length)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t size = FIRST_SIZE, used = 0;
	char *text = malloc(size);
	ssize_t got = 0;

	while (fd >= 0 && text && (got = read(fd, text + used, size - used - 1)) > 0) {
		used += (size_t)got;
		if (size - used == 1) {
			size *= 2;
			text = realloc(text, size);
		}
	}
	if (fd >= 0)
		close(fd);
	if (fd < 0 || !text || got < 0) {
		free(text);
		return NULL;
	}
	text[used] = '\0';
	if (length)
		*length = used;
	return text;
}

long file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	long result = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		result = -errno;
	close(fd);
	return result;
}

void file_must_write(const char *path, const char *text)
{
	long result = file_write(path, text);

	if (result)
		side_fail("cannot write \"%s\" to %s: %s", text, path, strerror((int)-result));
}
