#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The library's walks against QEMU's MMU: COUNT accesses (100,000) with four levels and as many with
# five, made from SEED (the recorded one). Prints what they tried and how the answers compare. Ends
# with 1 if anything differs, 77 if there is no QEMU or no compiler.
#
# usage: live.sh MMU [COUNT [SEED]]
set -eu
here=$(dirname "$0")
case $# in
1 | 2 | 3) ;;
*) sed -n '4,$ { /^#/!q; s/^# \{0,1\}//p; }' "$0" >&2; exit 2 ;;
esac
mmu=$1 count=${2:-100000} seed=${3:-$(cat "$here/seed")}
for program in "${QEMU:-qemu-system-x86_64}" "${CC:-cc}"; do
  command -v "$program" >/dev/null || { echo "no $program: skipped"; exit 77; }
done

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
"$here/guest.sh" "$dir/guest"
failed=0
for levels in 4 5; do
  "$here/ask.sh" "$mmu" "$dir/guest" "$levels" "$count" "$seed" "$dir/image"
  "$mmu" judge "$dir/image" || failed=1
  rm "$dir/image"
done
exit "$failed"
