/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of lib/kernel share. */
#ifndef KERNEL_TEST_H
#define KERNEL_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/kernel.h"
#include "kernel/releases.h"

/* The kernel that "RELEASE+ROW~ROW…" names; a failure of the test if there is none. */
static inline struct kernel kernel_named(const char *name)
{
	struct numasim_error err = { 0 };
	struct kernel k;

	if (kernel_config(&k, name, NULL, 0, NULL, 0, NULL, 0, &err))
		fail_msg("%s: %s", name, err.text);
	return k;
}

/* Number of a release; a failure of the test if there is none. */
static inline size_t release_named(const char *name)
{
	size_t index = 0;

	assert_int_equal(release_find(&index, name, NULL), 0);
	return index;
}

/* Did the release come out at or after mainline version @version? */
static inline int since(const struct kernel *k, uint32_t version)
{
	return release_get(k->release)->version >= version;
}

#define assert_text_has(text, part)                                                                \
	do {                                                                                       \
		if (!strstr(text, part))                                                           \
			fail_msg("\"%s\" is not in \"%s\"", part, text);                           \
	} while (0)

/* A fixed sequence of numbers (xorshift64*), the same on every machine. */
static inline uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(0x2545f4914f6cdd1d);
}

#endif
