/* SPDX-License-Identifier: BSD-2-Clause */
/* What a handle of numasim/release.h holds. */
#ifndef KERNEL_PUBLIC_H
#define KERNEL_PUBLIC_H

#include "kernel/kernel.h"

struct numasim_kernel {
	struct kernel kernel;
	char *name;
	char note[KERNEL_NOTE];
};

#endif
