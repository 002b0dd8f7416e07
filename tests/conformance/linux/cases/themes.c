/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of all themes. A file of cases is added here and in meson.build. */
#include "words/words.h"

#define THEMES(X)                                                                                  \
	X(touch) X(protect) X(advice) X(fork) X(shared) X(huge) X(policies) X(hints) X(swap)       \
	X(dirty) X(locked) X(moved) X(entries)

#define X(theme) extern const struct conformance_case theme##_cases[];
THEMES(X)
#undef X

const struct theme themes[] = {
#define X(theme) {#theme, theme##_cases},
	THEMES(X)
#undef X
	{0},
};
