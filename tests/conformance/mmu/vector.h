/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the host programs and the guest agree on: one access to one set of page tables (a vector),
 * what the processor made of it (an answer), and where both lie in the guest's memory.
 *
 *   physical memory of the guest
 *   0          2M       4M          16M        32M        160M       256M        960M   1G
 *   +----------+--------+-----------+----------+----------+----------+-----------+------+
 *   | firmware | guest  |           | header   | vectors  | answers  | places    |  fw  |
 *   +----------+--------+-----------+----------+----------+----------+-----------+------+
 *   4G and up: places only, in the gigabytes that places.c picks
 *
 * A place is a frame for tables or for what tables lead to. This header is also read by the guest,
 * which has no C library: no code, and only headers that a freestanding compiler brings along.
 */
#ifndef MMU_VECTOR_H
#define MMU_VECTOR_H

#include <stdint.h>

#define MMU_GUEST   UINT64_C(0x200000)
#define MMU_HEADER  UINT64_C(0x1000000)
#define MMU_VECTORS UINT64_C(0x2000000)
#define MMU_ANSWERS UINT64_C(0xa000000)
#define MMU_PLACES  UINT64_C(0x10000000)

#define MMU_MAX_VECTORS 500000
#define MMU_MAGIC	UINT64_C(0x30756d6d6d73756e) /* bytes in memory: "nusmmmu0" */
#define MMU_CR2_BEFORE	UINT64_C(0x00000c2c2c2c2000) /* an access that sets no CR2 leaves it */
#define MMU_WRITTEN	UINT64_C(0x5a5b5c5d5e5f5051) /* what a write stores: its low bytes */
#define MMU_CODE	UINT64_C(0xcccccccccccccccc) /* a place for fetches: int3 everywhere */
#define MMU_DONE	0x40 /* software interrupt after an access that passed */
#define MMU_LEVELS	5

enum mmu_access {
	MMU_READ,
	MMU_WRITE,
	MMU_RMW,      /* xchg with memory */
	MMU_FETCH,    /* jump there */
	MMU_IMPLICIT, /* load a descriptor from a local descriptor table that lies there */
	MMU_PUSH,     /* a write through RSP */
	MMU_POP,      /* a read through RSP */
	MMU_ACCESSES,
};

/* Control state of one access. */
enum mmu_control {
	MMU_WP = 1 << 0,   /* CR0.WP */
	MMU_SMEP = 1 << 1, /* CR4.SMEP */
	MMU_SMAP = 1 << 2, /* CR4.SMAP */
	MMU_AC = 1 << 3,   /* EFLAGS.AC */
	MMU_PKE = 1 << 4,  /* CR4.PKE */
	MMU_PKS = 1 << 5,  /* CR4.PKS */
	MMU_NXE = 1 << 6,  /* EFER.NXE */
	MMU_PGE = 1 << 7,  /* CR4.PGE */
	MMU_CONTROLS = 8,
};

struct mmu_vector {
	uint64_t va;
	uint64_t cr3;
	uint64_t entry[MMU_LEVELS]; /* [level - 1] */
	uint64_t slot[MMU_LEVELS];  /* physical address of the entry; 0: there is no such table */
	uint64_t target; /* where the tables lead; the access stays within an aligned 8 bytes */
	uint32_t pkru;
	uint32_t pkrs;
	uint8_t control;   /* enum mmu_control */
	uint8_t access;	   /* enum mmu_access */
	uint8_t size;	   /* log2 of its bytes: 0 to 3 */
	uint8_t cpl;	   /* 0 or 3 */
	uint8_t guest_key; /* a key that neither register forbids: the guest's own pages have it */
	uint8_t pad[3];
};

struct mmu_answer {
	uint64_t entry[MMU_LEVELS]; /* afterwards; 0 where slot is 0 */
	uint64_t cr2;
	uint64_t value;	 /* of a read; of a fetch that passed: the address that it ran at */
	uint64_t word;	 /* the aligned 8 bytes around target, afterwards */
	uint32_t vector; /* of the exception; MMU_DONE: none */
	uint32_t error;	 /* its error code; 0 if it has none */
	uint32_t cpl;	 /* at which the access was made */
	uint32_t pad;
};

struct mmu_header {
	uint64_t magic;
	uint32_t levels; /* 4 or 5 */
	uint32_t count;
	/* By the guest: */
	uint32_t answered;
	uint32_t physical_bits; /* CPUID 80000008H */
	uint32_t has_gbpages;	/* CPUID 80000001H EDX 26 */
	uint32_t pad;
};

#endif
