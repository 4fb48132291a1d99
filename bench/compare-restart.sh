#!/usr/bin/env bash
# Fills servers, kills them (SIGKILL), starts them again on their data, and prints a Markdown table:
# time until ready, resident memory then and after every key was read once, and disk.
#
#   bench/compare-restart.sh > table.md
#
# Settings from the environment, besides those of bench/servers.sh:
#   RUNS        server:keys, separated by spaces
#               (etcd:1000000 rocksdb:1000000 memory:1000000 rocksdb:10000000)
#   VALUE_SIZE  bytes (256)
#   RESTARTS    of each; the times are all printed, the other figures are the last one's (3)
#
# RUNS='etcd:20000 rocksdb:20000 memory:20000' RESTARTS=1 tries it in half a minute.
set -euo pipefail
# shellcheck source=bench/servers.sh
. "$(dirname "$0")/servers.sh"
RUNS=${RUNS:-etcd:1000000 rocksdb:1000000 memory:1000000 rocksdb:10000000}
VALUE_SIZE=${VALUE_SIZE:-256}
RESTARTS=${RESTARTS:-3}

# Milliseconds since some point, without a process.
now() {
  local micros=${EPOCHREALTIME/[.,]/}
  echo $((micros / 1000))
}

restart() { # run
  local name=${1%:*} keys=${1#*:} file from times='' memory after
  file=$results/restart-$name-$keys
  start_empty "$name"
  say "$1: filling"
  fill "$keys" "$VALUE_SIZE"
  for _ in $(seq "$RESTARTS"); do
    stop KILL
    from=$(now)
    start "$name"
    times="${times:+$times, }$(awk -v ms=$(($(now) - from)) 'BEGIN { printf "%.2f", ms / 1000 }')"
    memory=$(server_memory)
    # Also shows that all is there: a transaction of gets fails when it cannot be read.
    read_all "$keys"
    after=$(server_memory)
    say "$1: ready after ${times##*, } s"
  done
  printf '{"server": "%s", "keys": %d, "readySeconds": [%s], "readyBytes": %d, "readBytes": %d, "diskBytes": %d}\n' \
    "$name" "$keys" "$times" "$memory" "$after" "$(server_disk "$name")" >"$file.json"
  stop
  rm -rf "$WORK/data-$name"
}

say "results go to $results, on $(stat -f -c %T "$WORK")"
for run in $RUNS; do restart "$run"; done

echo "$(machine). Filled with $VALUE_SIZE-byte values, killed, started again."
echo
echo "| server | keys | ready after s | resident then MB | after reading all MB | disk MB |"
echo "|---|--:|--:|--:|--:|--:|"
for run in $RUNS; do
  file=$results/restart-${run%:*}-${run#*:}.json
  times=$(sed -n 's/.*"readySeconds": \[\([^]]*\)\].*/\1/p' "$file")
  echo "| ${run%:*} | ${run#*:} | $times | $(megabytes "$(value "$file" readyBytes)") |" \
    "$(megabytes "$(value "$file" readBytes)") | $(megabytes "$(value "$file" diskBytes)") |"
done
