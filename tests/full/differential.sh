#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Ten million random system calls against the simple model, on many kernels, with all oracles on:
# prints how many went without a difference, or the shortest sequence that shows one. Two kernels at
# a time.
#
# Some of the releases have bugs that random calls meet within minutes; they have the fix here:
#
#	b38af4721f59	v3.16 takes an entry with PROT_NONE for one without a page's books
#	38e088546522	v4.0 to v4.8 take PROT_NONE for a hint if /proc/PID/mem is written
#	9c70b2a33cd2	v6.4 to v6.11 fall over scanning an address space with no mapping at all
set -eu
build=${NUMASIM_GCC_BUILD:?is set by scripts/test: the optimised build}
program=$build/tests/differential/differential
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# In turn: operations, first seed, kernels.
run()
{
  number=$1 seed=$2
  shift 2
  for release; do
    "$program" "$release" "$number" "$seed" || return 1
  done
}

half_one()
{
  run 3200000 1000 debian-6.12.117 &&
    run 240000 9000 v3.8 v3.16+b38af4721f59 v4.4+38e088546522 v4.14 v5.4 v5.15 \
      v6.4+9c70b2a33cd2 v6.12
}

half_two()
{
  run 3200000 2000 debian-6.1.192 &&
    run 240000 9500 v3.13 v4.0+38e088546522 v4.8+38e088546522 v4.19 v5.10 v5.19 v6.8+9c70b2a33cd2
}

status=0
(half_one) >"$folder/one" 2>&1 &
one=$!
(half_two) >"$folder/two" 2>&1 || status=1
wait $one || status=1
cat "$folder/one" "$folder/two"
exit $status
