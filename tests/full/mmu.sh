#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# 200,000 generated accesses, half of them with five levels of tables, against QEMU's MMU: prints
# what they tried, how many agree, and the deviations. Half a minute.
set -eu
build=${NUMASIM_GCC_BUILD:?is set by scripts/test: the optimised build}
exec tests/conformance/mmu/live.sh "$build/tests/conformance/mmu/mmu"
