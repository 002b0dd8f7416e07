/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file proc.h
 * What a system (system.h) shows in /proc and /sys, as text and bits of the kernel release that
 * it was made with.
 *
 * @code
 * char *text;
 * size_t length;
 *
 * if (!numasim_read_file(&text, &length, process, "/proc/self/numa_maps"))
 *         fwrite(text, 1, length, stdout), free(text);
 * @endcode
 */
#ifndef NUMASIM_PROC_H
#define NUMASIM_PROC_H

#include <stddef.h>
#include <stdint.h>

#include <numasim/export.h>
#include <numasim/system.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Read a file as the process would: /proc/self/maps, smaps, numa_maps; /proc/vmstat;
 * /sys/devices/system/node/node<N>/numastat. Binary files have functions of their own, below.
 *
 * @param[out] text   owned by the caller, free(); ends in a 0 that @p length does not count
 * @param[out] length bytes; may be NULL
 * @return 0, -ENOENT (no such file), -ENOMEM, -EFAULT (the kernel oopsed)
 */
NUMASIM_API int numasim_read_file(char **text, size_t *length, struct numasim_process *process,
				  const char *path);

/** The entry of /proc/self/pagemap for the page at @p address. @return 0, -EFAULT */
NUMASIM_API int numasim_pagemap(uint64_t *entry, struct numasim_process *process,
				uint64_t address);

/** The entry of /proc/kpageflags for a frame. @return 0, -ENOENT (no such frame) */
NUMASIM_API int numasim_kpageflags(uint64_t *flags, const struct numasim_system *system,
				   uint64_t frame);

/** The entry of /proc/kpagecount for a frame. @return 0, -ENOENT (no such frame) */
NUMASIM_API int numasim_kpagecount(uint64_t *count, const struct numasim_system *system,
				   uint64_t frame);

#ifdef __cplusplus
}
#endif

#endif
