#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Every program of tests/bench, once: prints its figures, and fails if one of them fails. What a
# figure must reach is the program's own affair. A few minutes; quiet machines give better figures.
set -eu
build=${NUMASIM_GCC_BUILD:?is set by scripts/test: the optimised build}
programs=$(find "$build/tests/bench" -maxdepth 1 -type f -perm -u+x -name 'bench[-_]*' 2>/dev/null |
  sort)
if [ -z "$programs" ]; then
  echo 'no bench program was built'
  exit 77
fi
# The yardstick of bench-mm: what this machine's own kernel takes for the same.
host=$(mktemp)
trap 'rm -f "$host"' EXIT
yardstick() {
  cc -O2 -o "$host" "${NUMASIM_SHARED:?}/bench/host_mm.c" && "$host" 64 7
}
failed=0
for program in $programs; do
  echo "-- ${program##*/}"
  if [ "${program##*/}" = bench-mm ] && [ -n "${NUMASIM_SHARED:-}" ]; then
    yardstick | "$program" || { echo "${program##*/}: exit $?"; failed=1; }
    continue
  fi
  "$program" </dev/null || { echo "${program##*/}: exit $?"; failed=1; }
done
exit "$failed"
