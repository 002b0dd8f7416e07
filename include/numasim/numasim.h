/* SPDX-License-Identifier: BSD-2-Clause */
/** @file numasim.h  All public headers, in the order in which they are best read. */
#ifndef NUMASIM_NUMASIM_H
#define NUMASIM_NUMASIM_H

#include <numasim/error.h>
#include <numasim/topology.h>
#include <numasim/x86.h>
#include <numasim/tlb.h>
#include <numasim/release.h>
#include <numasim/explore.h>
#include <numasim/scenario.h>
#include <numasim/report.h>
#include <numasim/step.h>
#include <numasim/system.h>
#include <numasim/system_calls.h>
#include <numasim/proc.h>
#include <numasim/program.h>

/* <numasim/kernel.h> is not among them: it defines the kernel's own short names, for files that
 * hold code for simulated CPUs. */

#endif
