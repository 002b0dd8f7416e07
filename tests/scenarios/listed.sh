#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Every scenario of two folders is in meson.build's lists, once, and what they list is there.
# usage: listed.sh FOLDER FOLDER NAME...
set -u
[ $# -ge 3 ] || { echo 'usage: listed.sh FOLDER FOLDER NAME...'; exit 2; }
there=$(find "$1" "$2" -maxdepth 1 -name '*.nsim' | sed 's|.*/||; s|\.nsim$||' | sort)
shift 2
listed=$(printf '%s\n' "$@" | sort)
if [ "$listed" != "$there" ]; then
  echo 'meson.build does not list every scenario once. Listed (<), there (>):'
  for name in $(printf '%s\n' "$listed" "$there" | sort -u); do
    left=$(printf '%s\n' "$listed" | grep -cxF -e "$name")
    right=$(printf '%s\n' "$there" | grep -cxF -e "$name")
    [ "$left $right" = '1 1' ] || echo "  $name: $left times <, $right times >"
  done
  exit 1
fi
echo "$# scenarios"
