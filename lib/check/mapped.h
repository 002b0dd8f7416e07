/* SPDX-License-Identifier: BSD-2-Clause */
/* How many entries map each page: counted for all pages in one walk over all tables, as asking the
 * tables about one page after the other costs their product. */
#ifndef CHECK_MAPPED_H
#define CHECK_MAPPED_H

#include "mm/mm.h"

struct mapped {
	uint32_t **of; /* by node and frame; a huge page's are its first frame's */
};

/* Count. -ENOMEM: nothing is held. */
int mapped_count(struct mapped *mapped, const struct numasim_machine *m);
void mapped_forget(struct mapped *mapped, const struct numasim_machine *m);

/* The entries that map @page, a page in use or its like. */
long mapped_times(const struct mapped *mapped, const struct numasim_machine *m,
		  const struct page *page);

#endif
