/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * assertion: what is stored into a page table is an entry that the kernel could have made. Says
 * which bits are not, at the store, and not only once somebody has taken it for something.
 */
#ifndef CHECK_STORED_H
#define CHECK_STORED_H

#include "machine/machine.h"

/* Look at every entry that is stored from now on. */
void check_stored_entries(struct numasim_machine *m);

#endif
