/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of descriptors as calls on files use it. */
#ifndef SIM_FILES_TABLE_H
#define SIM_FILES_TABLE_H

#include "sim/files.h"

/* What @fd is; NULL: no such descriptor. */
struct open_file *files_get(const struct numasim_process *process, int fd);

/* The lowest free number, now @open's; or -ENOMEM. */
int files_install(struct numasim_process *process, struct open_file open);

/* A reference less, one more; the process need not run (any more, or yet). 0, or -EFAULT: the
 * kernel is dead. */
long files_drop(struct numasim_process *process, struct file *file);
long files_hold(struct numasim_process *process, struct file *file);

#endif
