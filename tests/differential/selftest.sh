#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Does the differential test find a difference, come back to it by its seed, and cut it down to what
# it needs? The model is told something wrong on purpose.
#
#	selftest.sh DIFFERENTIAL
set -eu
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fails=0
tests=0

say() # OK? WHAT
{
  tests=$((tests + 1))
  if [ "$1" = yes ]; then
    echo "ok $tests - $2"
  else
    echo "not ok $tests - $2"
    fails=$((fails + 1))
  fi
}

# What is wrong, on which kernel, how many operations are enough, and one that cannot be missing.
check()
{
  wrong=$1 release=$2 most=$3 needs=$4
  status=0
  "$program" --wrong "$wrong" "$release" 100000 >"$folder/found" || status=$?
  [ $status = 1 ] && grep -q '^not ok - seed' "$folder/found" && found=yes || found=no
  say $found "$wrong: found"
  seed=$(sed -n 's/^not ok - seed \([0-9]*\),.*/\1/p' "$folder/found")
  "$program" --wrong "$wrong" "$release" 4000 "$seed" >"$folder/again" || true
  cmp -s "$folder/found" "$folder/again" && same=yes || same=no
  say $same "$wrong: seed $seed brings it back, and the same shortest sequence"
  grep '^P' "$folder/found" >"$folder/sequence" || true
  n=$(wc -l <"$folder/sequence")
  short=no
  if [ "$n" -gt 0 ] && [ "$n" -le "$most" ] && grep -q "^P. $needs " "$folder/sequence"; then
    short=yes
  fi
  say $short "$wrong: cut down to $n operations, $needs among them"
  status=0
  "$program" --wrong "$wrong" "$release" --replay "$folder/sequence" >/dev/null || status=$?
  [ $status = 1 ] && replays=yes || replays=no
  say $replays "$wrong: the sequence shows it"
  "$program" "$release" --replay "$folder/sequence" >/dev/null && right=yes || right=no
  say $right "$wrong: and nothing if the model is right"
  minimal=yes
  i=1
  while [ "$n" -gt 1 ] && [ $i -le "$n" ]; do
    sed "${i}d" "$folder/sequence" >"$folder/fewer"
    "$program" --wrong "$wrong" "$release" --replay "$folder/fewer" >/dev/null || minimal=no
    i=$((i + 1))
  done
  say $minimal "$wrong: no operation can be left out"
}

# A kernel's own bug is a difference too; with its fix the same calls show none.
own_bug()
{
  status=0
  "$program" "$1" --replay "$3" >/dev/null || status=$?
  [ $status = 1 ] && shows=yes || shows=no
  say $shows "${3##*/}: $1 shows it"
  "$program" "$2" --replay "$3" >/dev/null && gone=yes || gone=no
  say $gone "${3##*/}: $2 does not"
}

own_bug v3.16 v3.16+b38af4721f59 "${0%/*}/sequences/zeroes-protnone.seq"
check wipe debian-6.12.117 5 madvise
check policy debian-6.1.192 2 mbind
check copy debian-6.12.117 6 mmap-file
echo "1..$tests"
[ $fails = 0 ]
