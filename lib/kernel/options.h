/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Build options: what a kernel was configured with. Declared once; the constants, the names that
 * --with and --without take, and the list that people read come from here. An option does nothing
 * in a release whose rows do not have its feature yet.
 *
 *   X(NAME, "name", "what it means")
 */
#ifndef KERNEL_OPTIONS_H
#define KERNEL_OPTIONS_H

#include <stdint.h>

#define KERNEL_OPTIONS(X)                                                                          \
	X(NUMA_BALANCING, "numa-balancing", "CONFIG_NUMA_BALANCING")                               \
	X(MIGRATION, "migration", "CONFIG_MIGRATION: two or three swap types")                     \
	X(THP, "thp", "CONFIG_TRANSPARENT_HUGEPAGE")                                               \
	X(MEMORY_FAILURE, "memory-failure", "CONFIG_MEMORY_FAILURE: one swap type")                \
	X(DEVICE_PRIVATE, "device-private", "CONFIG_DEVICE_PRIVATE: two or four swap types")       \
	X(SOFT_DIRTY, "soft-dirty", "CONFIG_MEM_SOFT_DIRTY: bit 11")                               \
	X(USERFAULTFD_WP, "userfaultfd-wp", "CONFIG_HAVE_ARCH_USERFAULTFD_WP: bit 10")             \
	X(PTE_MARKER, "pte-marker", "CONFIG_PTE_MARKER: one swap type")                            \
	X(SHADOW_STACK, "shadow-stack",                                                            \
	  "CONFIG_X86_USER_SHADOW_STACK, on a processor that has them")                            \
	X(FIVE_LEVELS, "five-levels", "CONFIG_X86_5LEVEL, on a processor that has them")          \
	X(LRU_GEN, "lru-gen", "CONFIG_LRU_GEN_ENABLED: the marks of pages on their way to a list")

enum kernel_option_bit {
#define OPTION_BIT_(name, word, text) OPTION_BIT_##name,
	KERNEL_OPTIONS(OPTION_BIT_)
#undef OPTION_BIT_
	NR_KERNEL_OPTIONS
};

enum kernel_option {
#define OPTION_(name, word, text) OPTION_##name = 1 << OPTION_BIT_##name,
	KERNEL_OPTIONS(OPTION_)
#undef OPTION_
};

struct kernel_option_info {
	const char *name;
	const char *text;
};

/* The option number @bit, 0 to NR_KERNEL_OPTIONS - 1. */
const struct kernel_option_info *kernel_option_get(unsigned bit);

/* Number of the option called @name, or -1. */
int kernel_option_find(const char *name);

#endif
