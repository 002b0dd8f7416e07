#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Scenarios that parse and cannot be built: each says exactly what its .err file says, and exits 2.
# With UPDATE=yes the .err files are written instead. usage: bad.sh NUMASIM
set -u
numasim=$(realpath "$1")
cd "$(dirname "$0")/bad" || exit 1
failed=0 nr=0
for file in *.nsim; do
  nr=$((nr + 1))
  expected=${file%.nsim}.err
  found=$("$numasim" explore "$file" 2>&1 >/dev/null)
  status=$?
  if [ "${UPDATE:-}" = yes ]; then
    printf '%s\n' "$found" >"$expected"
  elif [ "$status" != 2 ] || [ "$found" != "$(cat "$expected")" ]; then
    printf 'FAILED: %s: exit %s\n%s\n' "$file" "$status" "$found"
    failed=1
  fi
done
echo "$nr bad scenarios"
[ "$nr" -gt 0 ] && exit "$failed"
