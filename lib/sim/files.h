/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors of processes, and the names on a system's disk.
 *
 *   process --- fd_table (threads share it, fork copies it) --- open_file by number --- struct file
 *   system  --- disk_name ----------------------------------------------------------------^
 *
 * A struct file of lib/mm is the file itself: how it was opened stands with the descriptor, and is
 * told to the file before mmap() looks.
 */
#ifndef SIM_FILES_H
#define SIM_FILES_H

#include "mm/file.h"
#include "sim/system.h"

struct open_file {
	struct file *file; /* NULL: the number is free */
	bool readable, writable;
};

struct fd_table {
	unsigned users, room;
	struct open_file *fd;
};

struct disk_name {
	struct disk_name *next;
	struct file *file;
	char path[];
};

/* The file behind @fd, open as @fd says; NULL: no such descriptor. */
struct file *fd_file_for_mmap(struct numasim_process *process, int fd);

/* A child gets what its parent has open: the same table (@share: a thread), or its own. 0,
 * -ENOMEM. */
int files_inherit(struct numasim_process *child, const struct numasim_process *parent, bool share);

/* The process gives up its table; the last user closes what is open. */
void files_leave(struct numasim_process *process);

/* Forget the disk: the system goes. */
void files_forget(struct numasim_system *system);

#endif
