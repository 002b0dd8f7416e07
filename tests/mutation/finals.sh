#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: finals.sh MUTATION-FINALS SCENARIOS
#
# Does mutation-finals tell final states apart? The same scenario twice must print the same, another
# kernel or another initial state something else, and bad input an error.
set -eu
finals=$1
scenarios=$2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

die() { echo "$*" >&2; exit 1; }

cat >"$tmp/one.nsim" <<'EOF'
NUMASIM one
"Two writers: either may be the last"
{ machine = "numa:2 core:2 pu:1"; kernel = v6.1;
  P: mmap x 4K node=0;
  P: x = 1 by a; }
 a @node0 | b @node1 ;
 P:x = 2  | P:x = 3  ;
EOF
sed 's/P:x = 3/P:x = 4/' "$tmp/one.nsim" >"$tmp/other.nsim"

"$finals" "$tmp/one.nsim" v6.1 >"$tmp/first"
"$finals" "$tmp/one.nsim" v6.1 | cmp - "$tmp/first" || die 'the same search prints something else'
[ "$(sed 1d "$tmp/first" | wc -l)" -ge 2 ] || die 'fewer final states than last writers'
head -1 "$tmp/first" | grep -q '^holds' || die 'no verdict in the first line'
"$finals" "$tmp/other.nsim" v6.1 >"$tmp/second"
! cmp -s "$tmp/first" "$tmp/second" || die 'another value stored, and the same final states'
"$finals" "$scenarios/own-unlock.nsim" v3.13-rc4 | head -1 | grep -q '^broken [a-z]' ||
  die 'the verdict does not say what broke'
for bad in "$tmp/none.nsim v6.1" "$tmp/one.nsim v0.1"; do
  status=0
  # shellcheck disable=SC2086 # two words
  "$finals" $bad >/dev/null 2>"$tmp/err" || status=$?
  [ $status -eq 2 ] && [ -s "$tmp/err" ] || die "$bad: exit $status, no error"
done
