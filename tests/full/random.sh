#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# All recorded random sequences of 50 calls: what each of two real kernels answered after every
# call, against the library. Says how many there are and which differ.
set -eu
program=${NUMASIM_GCC_BUILD:?is set by scripts/test: the optimised build}
program=$program/tests/conformance/random/random-model
status=0
for kernel in debian-6.1.192 debian-6.12.117; do
  python3 tests/conformance/random/sequences.py "$program" --golden "$kernel" || status=1
done
exit $status
