/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The simulator's TLB with AVX2 and BMI. Nothing here may run before simtlb_choose() has seen that
 * the processor has them; inline functions of shared headers are compiled again in here, and being
 * static they stay in here.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <immintrin.h>

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,popcnt"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,bmi,bmi2,popcnt")
#endif

#define SIMTLB_VEC_AVX2
#include "x86/simtlb_run.h"

#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

const struct simtlb_ops simtlb_ops_avx2[] = SIMTLB_OPS("avx2");
