#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Ten million random system calls against the simple model, on several kernels: prints how many went
# without a difference, or the shortest sequence that shows one.
set -eu
build=${NUMASIM_GCC_BUILD:?is set by scripts/test: the optimised build}
program=$build/tests/differential/differential
for release in debian-6.12.117 debian-6.1.192; do
  "$program" "$release" 4000000 1000
done
for release in v3.8 v3.13 v4.4 v4.14 v5.4 v5.10 v5.15 v6.4 v6.8 v6.12; do
  "$program" "$release" 200000 5000
done
