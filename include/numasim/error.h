/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file error.h
 * How libnumasim reports what went wrong.
 *
 * Functions return 0 or a negative errno value. Those that can say more fill a struct
 * numasim_error when the caller hands one over: what was wrong, where, and how to mend it. The
 * library never prints and never exits.
 */
#ifndef NUMASIM_ERROR_H
#define NUMASIM_ERROR_H

#include <numasim/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of an error's text, with the terminating zero; longer texts are cut. */
#define NUMASIM_ERROR_TEXT 1024

/** What went wrong. A zeroed one means "nothing". */
struct numasim_error {
	int code;                      /**< negative errno, or 0 */
	unsigned line;                 /**< 1-based line in the input file, or 0 */
	unsigned column;               /**< 1-based column (bytes), or 0 */
	char text[NUMASIM_ERROR_TEXT]; /**< one or more lines for a person; no trailing newline */
};

/**
 * The meaning of a return value of this library, in a few words.
 *
 * @param code a value that a function of this library returned; its sign does not matter
 * @return a static string, never NULL
 */
NUMASIM_API const char *numasim_strerror(int code);

#ifdef __cplusplus
}
#endif
#endif
