/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors: the table of a process, and what becomes of it. */
#include "sim/files_table.h"

#include <numasim/system_calls.h>

#include <stdlib.h>
#include <string.h>

static struct open_file *open_of(const struct numasim_process *process, int fd)
{
	const struct fd_table *t = process->files;

	if (!t || fd < 0 || (unsigned)fd >= t->room || !t->fd[fd].file)
		return NULL;
	return &t->fd[fd];
}

struct open_file *files_get(const struct numasim_process *process, int fd)
{
	return open_of(process, fd);
}

struct file *fd_file_for_mmap(struct numasim_process *process, int fd)
{
	struct open_file *open = open_of(process, fd);

	if (!open)
		return NULL;
	open->file->readable = open->readable;
	open->file->writable = open->writable;
	return open->file;
}

static long drop(struct file *file)
{
	file_put(file);
	return 0;
}

long files_drop(struct numasim_process *process, struct file *file)
{
	return IN_SYSTEM(process->system, process->cpu->index, drop(file));
}

static long hold(struct file *file)
{
	file_get(file);
	return 0;
}

long files_hold(struct numasim_process *process, struct file *file)
{
	return IN_SYSTEM(process->system, process->cpu->index, hold(file));
}

/* The lowest free number, as POSIX wants it. */
int files_install(struct numasim_process *process, struct open_file open)
{
	struct fd_table *t = process->files;
	unsigned fd = 0;

	if (!t) {
		t = process->files = calloc(1, sizeof(*t));
		if (!t)
			return -ENOMEM;
		t->users = 1;
	}
	while (fd < t->room && t->fd[fd].file)
		fd++;
	if (fd == t->room) {
		unsigned room = t->room ? 2 * t->room : 8;
		struct open_file *more = realloc(t->fd, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		memset(more + t->room, 0, (room - t->room) * sizeof(*more));
		t->fd = more;
		t->room = room;
	}
	t->fd[fd] = open;
	return (int)fd;
}

long numasim_sys_close(struct numasim_process *process, int fd)
{
	struct open_file *open = open_of(process, fd);
	struct file *file;

	if (!open)
		return -EBADF;
	file = open->file;
	open->file = NULL;
	return files_drop(process, file);
}

int files_inherit(struct numasim_process *child, const struct numasim_process *parent, bool share)
{
	const struct fd_table *from = parent->files;
	struct fd_table *to;

	if (!from)
		return 0;
	if (share) {
		child->files = parent->files;
		child->files->users++;
		return 0;
	}
	to = calloc(1, sizeof(*to));
	if (!to)
		return -ENOMEM;
	*to = (struct fd_table){.users = 1, .room = from->room};
	to->fd = calloc(from->room, sizeof(*to->fd));
	if (!to->fd) {
		free(to);
		return -ENOMEM;
	}
	for (unsigned i = 0; i < from->room; i++) {
		to->fd[i] = from->fd[i];
		if (to->fd[i].file)
			files_hold(child, to->fd[i].file);
	}
	child->files = to;
	return 0;
}

void files_leave(struct numasim_process *process)
{
	struct fd_table *t = process->files;

	process->files = NULL;
	if (!t || --t->users)
		return;
	for (unsigned i = 0; i < t->room; i++)
		if (t->fd[i].file && !process->system->dead)
			files_drop(process, t->fd[i].file);
	free(t->fd);
	free(t);
}

void files_forget(struct numasim_system *system)
{
	while (system->disk) {
		struct disk_name *name = system->disk;

		system->disk = name->next;
		free(name);
	}
}
