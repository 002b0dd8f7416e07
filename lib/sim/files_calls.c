/* SPDX-License-Identifier: BSD-2-Clause */
/* open(2) and its kin. */
#include "sim/files.h"
#include "sim/files_table.h"

#include <numasim/system_calls.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#ifndef MFD_HUGETLB
#define MFD_HUGETLB 4
#endif

/* A file pointer through IN_PROCESS(), which carries a long. */
static struct file *create(struct numasim_process *process, enum file_kind kind, const char *label)
{
	long file = IN_PROCESS(process, (long)(intptr_t)file_create(kind, label, 0));

	return process->system->dead ? NULL : (struct file *)file;
}

static long install(struct numasim_process *process, struct file *file, bool readable,
		    bool writable)
{
	long fd = files_install(process, (struct open_file){file, readable, writable});

	if (fd < 0)
		files_drop(process, file);
	return fd;
}

long numasim_sys_memfd_create(struct numasim_process *process, const char *name, unsigned flags)
{
	char label[sizeof(((struct file *)0)->label)];
	struct file *file;

	if (flags & ~(MFD_CLOEXEC | MFD_HUGETLB))
		return -EINVAL;
	if (process->system->dead)
		return -EFAULT;
	if (strlen(name) > 249) /* NAME_MAX without "memfd:" */
		return -EINVAL;
	snprintf(label, sizeof(label), "/memfd:%.40s (deleted)", name);
	file = create(process, flags & MFD_HUGETLB ? FILE_HUGETLB : FILE_SHMEM, label);
	if (process->system->dead)
		return -EFAULT;
	return file ? install(process, file, true, true) : -ENOMEM;
}

static struct disk_name *find_name(const struct numasim_system *system, const char *path)
{
	struct disk_name *name = system->disk;

	while (name && strcmp(name->path, path))
		name = name->next;
	return name;
}

/* A new file of that name, which keeps a reference for itself. */
static int add_name(struct disk_name **out, struct numasim_process *process, const char *path)
{
	struct numasim_system *system = process->system;
	struct disk_name *name = malloc(sizeof(*name) + strlen(path) + 1);

	if (!name)
		return -ENOMEM;
	strcpy(name->path, path);
	name->file = create(process, FILE_REGULAR, path);
	if (!name->file) {
		free(name);
		return system->dead ? -EFAULT : -ENOMEM;
	}
	name->next = system->disk;
	system->disk = name;
	*out = name;
	return 0;
}

long numasim_sys_open(struct numasim_process *process, const char *path, int flags)
{
	struct disk_name *name = find_name(process->system, path);
	int mode = flags & O_ACCMODE, ret;

	if (process->system->dead)
		return -EFAULT;
	if (flags & ~(O_ACCMODE | O_CREAT | O_CLOEXEC) || mode == O_ACCMODE || !*path)
		return *path ? -EINVAL : -ENOENT;
	if (!name && !(flags & O_CREAT))
		return -ENOENT;
	if (!name) {
		ret = add_name(&name, process, path);
		if (ret)
			return ret;
	}
	files_hold(process, name->file);
	return install(process, name->file, mode != O_WRONLY, mode != O_RDONLY);
}

static long resize(struct file *file, uint64_t length)
{
	file_truncate(file, length);
	return 0;
}

static long truncate_file(struct numasim_process *process, struct file *file, uint64_t length)
{
	return IN_PROCESS(process, resize(file, length));
}

static long read_word(struct numasim_process *process, uint64_t *word, struct file *file,
		      uint64_t offset)
{
	return IN_PROCESS(process, file_read_word(word, file, offset));
}

static long write_word(struct numasim_process *process, struct file *file, uint64_t offset,
		       uint64_t word, bool first)
{
	if (first)
		return IN_PROCESS(process, file_write_word(file, offset, word));
	return IN_PROCESS(process, file_write_next_word(file, offset, word));
}

static long write_back(struct numasim_process *process, struct file *file)
{
	return IN_PROCESS(process, file_writeback(file));
}

long numasim_sys_ftruncate(struct numasim_process *process, int fd, int64_t length)
{
	struct open_file *open = files_get(process, fd);

	if (!open)
		return -EBADF;
	if (length < 0 || !open->writable)
		return -EINVAL;
	return truncate_file(process, open->file, (uint64_t)length);
}

long numasim_sys_fsync(struct numasim_process *process, int fd)
{
	struct open_file *open = files_get(process, fd);

	return open ? write_back(process, open->file) : -EBADF;
}

long numasim_sys_pread(struct numasim_process *process, int fd, void *bytes, size_t length,
		       uint64_t offset)
{
	struct open_file *open = files_get(process, fd);
	size_t done = 0;

	if (!open || !open->readable)
		return -EBADF;
	if (length % 8 || offset % 8)
		return -EINVAL;
	for (; done < length; done += 8) {
		uint64_t word;
		long ret = read_word(process, &word, open->file, offset + done);

		if (ret)
			return done || ret == -ENODATA ? (long)done : ret;
		memcpy((char *)bytes + done, &word, sizeof(word));
	}
	return (long)done;
}

long numasim_sys_pwrite(struct numasim_process *process, int fd, const void *bytes, size_t length,
			uint64_t offset)
{
	struct open_file *open = files_get(process, fd);
	size_t done = 0;

	if (!open || !open->writable)
		return -EBADF;
	if (length % 8 || offset % 8)
		return -EINVAL;
	if (length && open->file->size < offset + length)
		truncate_file(process, open->file, offset + length);
	for (; done < length; done += 8) {
		uint64_t word;
		long ret;

		memcpy(&word, (const char *)bytes + done, sizeof(word));
		ret = write_word(process, open->file, offset + done, word, !done);
		if (ret)
			return done ? (long)done : ret;
	}
	return (long)done;
}
