#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Asks QEMU again and writes anew what is recorded: sample.txt, 1,000 vectors with four levels and
# 1,000 with five, out of 100,000 each, and report.md about all of them. What was recorded stays if
# anything differs from the library.
#
# usage: record.sh MMU [SEED]
set -eu
here=$(dirname "$0")
case $# in
1 | 2) ;;
*) sed -n '4,$ { /^#/!q; s/^# \{0,1\}//p; }' "$0" >&2; exit 2 ;;
esac
mmu=$1 seed=${2:-$(cat "$here/seed")}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM

"$here/guest.sh" "$dir/guest"
for levels in 4 5; do
  "$here/ask.sh" "$mmu" "$dir/guest" "$levels" 100000 "$seed" "$dir/image$levels"
  "$mmu" judge "$dir/image$levels"
done
qemu=$("${QEMU:-qemu-system-x86_64}" --version | sed 1q)
{
  echo '# SPDX-License-Identifier: BSD-2-Clause'
  echo '# Recorded by record.sh; the format is described in sample.h.'
  echo "# $qemu, seed $seed, 100000 vectors each"
  "$mmu" sample 1000 "$dir/image4" "$dir/image5"
} >"$dir/sample.txt"
"$mmu" check "$dir/sample.txt" >"$dir/check" || { cat "$dir/check"; exit 1; }
{
  echo "<!-- Written by tests/conformance/mmu/record.sh; what it says is in about.md. -->"
  cat "$here/about.md"
  printf '\n%s, TCG; seed %s. Counts are of four and five levels.\n\n' "$qemu" "$seed"
  "$mmu" report "$dir/image4" "$dir/image5"
} >"$dir/report.md"
cp "$dir/sample.txt" "$dir/report.md" "$here/"
echo "$seed" >"$here/seed"
