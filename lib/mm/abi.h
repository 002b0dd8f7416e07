/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers of Linux on x86-64 that <sys/mman.h> of some C libraries lacks. */
#ifndef MM_ABI_H
#define MM_ABI_H

#include <sys/mman.h>

#ifndef MAP_DROPPABLE
#define MAP_DROPPABLE 0x08 /* v6.11+ */
#endif
#ifndef MAP_ABOVE4G
#define MAP_ABOVE4G 0x80 /* v6.6+ */
#endif
#ifndef MAP_UNINITIALIZED
#define MAP_UNINITIALIZED 0x4000000
#endif
#ifndef PROT_SEM
#define PROT_SEM 0x8
#endif
#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED 24 /* v5.18+ */
#endif
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4 /* v5.7+ */
#endif

#define PAGE_ALIGN(len) (((len) + FRAME_SIZE - 1) & PAGE_MASK_4K)
#define OFFSET_IN_PAGE(addr) ((addr) & (FRAME_SIZE - 1))

/* An address, or a negative errno. */
#define IS_ERR_ADDR(value) ((uint64_t)(value) >= (uint64_t)-4095)

#endif
