/* SPDX-License-Identifier: BSD-2-Clause */
/** @file export.h  Symbol visibility. */
#ifndef NUMASIM_EXPORT_H
#define NUMASIM_EXPORT_H

/** Marks what the shared library exports; everything else is hidden. */
#define NUMASIM_API __attribute__((visibility("default")))

#endif
