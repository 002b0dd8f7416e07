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
failed=0
for program in $programs; do
  echo "-- ${program##*/}"
  "$program" || { echo "${program##*/}: exit $?"; failed=1; }
done
exit "$failed"
