#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The verdicts of the founding case do not depend on the machine: the same on recorded four-node
# machines as on the small one of the file. usage: machines.sh NUMASIM EXAMPLES
set -eu
numasim=$1 file=$2/thp-hint-vs-migrate.nsim
if [ ! -d "${NUMASIM_TOPOLOGIES:-}/xml" ]; then
  echo 'NUMASIM_TOPOLOGIES names no folder of recorded machines'
  exit 77
fi

# verdict RELEASE ARGUMENT...: exit status, and the sentence that says what broke, if anything
verdict() {
  release=$1
  shift
  status=0
  "$numasim" explore "$file" --release "$release" --oracle lost-write "$@" >"$out" || status=$?
  echo "$status $(grep -E '^lost-write:|^holds|preemptions? ' "$out" | tr '\n' ' ')"
}

out=$(mktemp)
trap 'rm -f "$out"' EXIT
failed=0
for release in v3.12 v3.13-rc4 'v3.13-rc4+14/15' v3.13-rc4+numa_tlb_lazy v3.13-rc4+mashed \
  v3.13-rc4+20841405940e; do
  small=$(verdict "$release")
  for machine in 40intel64-4n10c+pci-conflicts 16amd64-4n4c-cgroup-distance-merge \
    96em64t-4n4d3ca2co-pci; do
    large=$(verdict "$release" --topology "$NUMASIM_TOPOLOGIES/xml/$machine.xml")
    if [ "$small" = "$large" ]; then
      echo "ok: $release on $machine: $large"
    else
      printf 'FAILED: %s on %s\n  small: %s\n  large: %s\n' "$release" "$machine" "$small" "$large"
      failed=1
    fi
  done
done
exit "$failed"
