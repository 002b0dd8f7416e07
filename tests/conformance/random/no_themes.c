/* SPDX-License-Identifier: BSD-2-Clause */
/* Here the words serve no cases. */
#include "words/words.h"

const struct theme themes[] = {{0}};
