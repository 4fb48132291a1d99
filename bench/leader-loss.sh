#!/usr/bin/env bash
# Measures how long no write is accepted when the leader of a cluster of three goes, of MetaStore and
# of etcd, with default settings, and prints a Markdown table: milliseconds from the signal (KILL, or
# STOP: the leader is silent, and nobody is told) to the acknowledgement of a put that was sent to
# another member after it.
#
#   bench/leader-loss.sh > table.md
#
# Settings from the environment:
#   TIMES   leaders lost for each row (20)
#
# TIMES=1 tries it. It is a test that is run on demand: LeaderLossMeasurement in metastore-app.
set -euo pipefail
cd "$(dirname "$0")/.."
output=$(mktemp)
trap 'rm -f "$output"' EXIT
if ! ./mvnw -q -pl metastore-system-tests -am verify -Dtest=None \
  -Dit.test=LeaderLossMeasurement -Dsurefire.failIfNoSpecifiedTests=false \
  -Dfailsafe.failIfNoSpecifiedTests=false -Dmetastore.it.times="${TIMES:-20}" >"$output" 2>&1; then
  cat "$output" >&2
  exit 1
fi
echo "$(nproc) processors, $(uname -sr), default settings."
echo
echo "| server | signal to the leader | times | least ms | median ms | most ms |"
echo "|---|---|--:|--:|--:|--:|"
sed -n 's/^.*RESULT //p' "$output"
