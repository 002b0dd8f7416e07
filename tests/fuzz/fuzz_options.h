/* SPDX-License-Identifier: BSD-2-Clause */
/* What the sanitizers are told; include it in one file of a program. */
#ifndef FUZZ_OPTIONS_H
#define FUZZ_OPTIONS_H

#include <stdlib.h>

const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

/* Memory lives for one input: a small quarantine stays in the cache. */
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=2:thread_local_quarantine_size_kb=64:malloc_context_size=6";
}

/* By itself UBSan reports and goes on, and libFuzzer does not notice. */
const char *__ubsan_default_options(void)
{
	return "halt_on_error=1:print_stacktrace=1";
}

static inline void must(int holds)
{
	if (!holds)
		abort();
}

#endif
