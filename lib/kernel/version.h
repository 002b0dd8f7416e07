/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A mainline version as one number that sorts as releases do:
 *
 *   31        16 15         8 7          0
 *  +------------+------------+------------+
 *  | major      | minor      | rc, or 255 |    v3.13-rc4 < v3.13-rc5 < v3.13 < v3.14-rc1
 *  +------------+------------+------------+
 */
#ifndef KERNEL_VERSION_H
#define KERNEL_VERSION_H

#include <stdint.h>

#define VERSION_FINAL	      255u
#define RC(major, minor, rc)  ((uint32_t)(major) << 16 | (uint32_t)(minor) << 8 | (rc))
#define REL(major, minor)     RC(major, minor, VERSION_FINAL)
#define NEVER		      UINT32_MAX

#define VERSION_MAJOR(version) ((version) >> 16)
#define VERSION_MINOR(version) ((version) >> 8 & 0xff)
#define VERSION_RC(version)    ((version) & 0xff)

#endif
