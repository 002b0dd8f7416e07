#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Makes COUNT vectors from SEED for LEVELS levels and asks QEMU's MMU (TCG) about them. Afterwards
# IMAGE, the guest's memory, holds vectors and answers. It is a sparse file of 640 GiB, of which
# 100,000 vectors use some 30 MB.
#
# usage: ask.sh MMU GUEST LEVELS COUNT SEED IMAGE
#
#   MMU    the program that makes vectors (tests/conformance/mmu/mmu of a build)
#   GUEST  what guest.sh has built
#
# Two processors, although one does all the work: with one, QEMU makes a load and a store of a
# locked instruction, each with a walk of its own.
set -eu
[ $# -eq 6 ] || { sed -n '4,$ { /^#/!q; s/^# \{0,1\}//p; }' "$0" >&2; exit 2; }
mmu=$1 guest=$2 levels=$3 count=$4 seed=$5 image=$6
case $levels in
4) la57=off ;;
5) la57=on ;;
*) echo "ask.sh: $levels levels: 4 or 5" >&2; exit 2 ;;
esac

"$mmu" generate "$levels" "$count" "$seed" "$image"
status=0
timeout 600 "${QEMU:-qemu-system-x86_64}" -nodefaults -no-user-config -no-reboot -display none \
  -accel tcg,thread=multi -smp 2 -cpu max,vendor=GenuineIntel,la57="$la57" \
  -machine pc,max-ram-below-4g=1G,memory-backend=ram -m 640G \
  -object memory-backend-file,id=ram,mem-path="$image",size=640G,share=on \
  -device isa-debug-exit,iobase=0xf4,iosize=4 -debugcon stdio -kernel "$guest" </dev/null ||
  status=$?
case $status in
33) ;; # the guest has answered everything
124) echo "ask.sh: QEMU did not end within 600 seconds" >&2; exit 1 ;;
0) echo "ask.sh: the guest crashed (a triple fault)" >&2; exit 1 ;;
*) echo "ask.sh: QEMU ended with status $status" >&2; exit 1 ;;
esac
