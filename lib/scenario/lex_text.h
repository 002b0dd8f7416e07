/* SPDX-License-Identifier: BSD-2-Clause */
/* The two errors that a lexer can find in single characters. */
#ifndef SCENARIO_LEX_TEXT_H
#define SCENARIO_LEX_TEXT_H

#include "scenario/lex.h"

/* The character at lex->at begins no token: say so, and what was perhaps meant. Always -EINVAL. */
int lex_unknown(struct lexer *lex, struct srcpos pos);

#endif
