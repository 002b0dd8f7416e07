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
 * Read a file as the process would: /proc/self/maps, smaps, numa_maps; /proc/vmstat; below
 * /sys/devices/system/node: online, possible, has_cpu, has_memory, has_normal_memory, and cpulist,
 * cpumap, distance, meminfo, numastat of each node<N>. Binary files have functions of their own,
 * below.
 *
 * @param[out] text   owned by the caller, free(); ends in a 0 that @p length does not count
 * @param[out] length bytes; may be NULL
 * @return 0, -ENOENT (no such file), -ENOMEM, -EFAULT (the kernel oopsed)
 */
NUMASIM_API int numasim_read_file(char **text, size_t *length, struct numasim_process *process,
				  const char *path);

/**
 * Write the files of /sys/devices/system/node as they are now, for programs that read the real ones
 * (numactl, numastat, libnuma): bind-mount @p folder over that path in a mount namespace of theirs.
 *
 * @param      folder  is made if it is not there; files in it are written over, none is taken away
 * @param      system  any number of its processes may have run
 * @param[out] err     may be NULL
 * @return 0, -EFAULT (the kernel oopsed), -ENAMETOOLONG, others of mkdir(2), open(2) and write(2);
 *         what was written before an error stays
 *
 * Formats are those of drivers/base/node.c, v3.8 to v6.12. Of meminfo there are MemTotal, MemFree
 * and MemUsed; all memory of a node is its kernel's, none of it is reserved at boot.
 */
NUMASIM_API int numasim_write_nodes(const char *folder, const struct numasim_system *system,
				    struct numasim_error *err);

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
