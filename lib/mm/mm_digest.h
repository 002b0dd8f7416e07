/* SPDX-License-Identifier: BSD-2-Clause */
/* The digest of lib/mm, for mm_init(). */
#ifndef MM_MM_DIGEST_H
#define MM_MM_DIGEST_H

#include "base/digest.h"
#include "machine/machine.h"

/* Put what the future depends on into @sink; @self is the machine. */
void mm_digest(void *self, struct digest_sink *sink);

/* What a digest calls the mapping of a page: its number tells where it stands in the arena. */
uint32_t mm_mapping_name(const struct numasim_machine *m, const struct page *page);

#endif
