#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The same input gives the same bytes out: runs every numasim it is given, and the first one twice,
# each time in processes of its own with addresses as the kernel randomises them and in another
# environment (locale, time zone, length of the environment, what malloc leaves in memory), and
# compares what they print, byte for byte. Exit 0 if all agree, 1 with the first differences if not.
#
# usage: compare.sh NUMASIM...
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

[ $# -gt 0 ] || { echo 'usage: compare.sh NUMASIM...' >&2; exit 2; }
for numasim; do
  [ -x "$numasim" ] || { echo "no program $numasim"; exit 1; }
done
if [ "$(cat /proc/sys/kernel/randomize_va_space 2>/dev/null || echo 0)" = 0 ]; then
  echo 'note: this kernel does not randomise addresses, so one source of differences is not tested'
fi

# outputs NUMASIM ENVIRONMENT...: a folder beside the others that holds what it prints. The folder
# has the same name every time while it is written, for a witness's name may be printed.
count=0
outputs() {
  numasim=$1
  shift
  count=$((count + 1))
  env "$@" tests/determinism/outputs.sh "$numasim" "$work/now"
  echo "$numasim" >"$work/name.$count"
  mv "$work/now" "$work/$count"
}

outputs "$1" LC_ALL=C TZ=UTC
for numasim; do
  outputs "$numasim" LC_ALL=tr_TR.UTF-8 TZ=Asia/Kathmandu COLUMNS=40 TERM=xterm \
    MALLOC_PERTURB_=165 PADDING="$(head -c $((1000 + count * 777)) /dev/zero | tr '\0' x)"
done

runs=$count failed=0
while [ "$count" -gt 1 ]; do
  if ! diff -r "$work/1" "$work/$count" >"$work/differences"; then
    echo "$(cat "$work/name.1") and, in another process, $(cat "$work/name.$count") differ:"
    head -n 40 "$work/differences" | cut -c1-200
    failed=1
  fi
  count=$((count - 1))
done
# Equal nonsense is no success: what always works must have worked.
if [ "$(cat "$work/1/releases.status")" != 0 ]; then
  echo "$1 releases: exit $(cat "$work/1/releases.status")"
  failed=1
fi
commands=$(find "$work/1" -name '*.status' | wc -l)
[ "$failed" -ne 0 ] || echo "$commands commands, $runs runs: the same bytes"
exit "$failed"
