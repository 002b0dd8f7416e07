/* SPDX-License-Identifier: BSD-2-Clause */
/* The simulator's TLB with SSE2, which every x86-64 processor has. */
#include "x86/simtlb_run.h"

const struct simtlb_ops simtlb_ops_sse2[] = SIMTLB_OPS("sse2");
