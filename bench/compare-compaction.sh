#!/usr/bin/env bash
# Compares how servers bear a compaction under a steady load of puts, and prints a Markdown table:
# throughput and latency before, during and after. The compaction is a physical one, which etcd and
# MetaStore answer when everything is removed.
#
#   bench/compare-compaction.sh > table.md
#
# Settings from the environment, besides those of bench/servers.sh:
#   SERVERS     in this order (etcd rocksdb)
#   REVISIONS   to compact, made by as many puts (1000000)
#   KEY_SPACE   different keys (100000)
#   VALUE_SIZE  bytes (256)
#   RATE        puts per second (half of what the slowest server did for 5 s)
#   AROUND      how long to measure before and after (20s)
#   WARMUP      under the same load (10s)
#   CLIENTS     clients:connections (100:10)
#   ROUNDS      an odd number gives a true median (3)
#
# REVISIONS=20000 RATE=2000 AROUND=3s WARMUP=2s ROUNDS=1 tries it in less than a minute.
set -euo pipefail
# shellcheck source=bench/servers.sh
. "$(dirname "$0")/servers.sh"
SERVERS=${SERVERS:-etcd rocksdb}
REVISIONS=${REVISIONS:-1000000}
KEY_SPACE=${KEY_SPACE:-100000}
VALUE_SIZE=${VALUE_SIZE:-256}
RATE=${RATE:-}
AROUND=${AROUND:-20s}
WARMUP=${WARMUP:-10s}
CLIENTS=${CLIENTS:-100:10}
ROUNDS=${ROUNDS:-3}

keys="--key-space $KEY_SPACE --val-size $VALUE_SIZE"
load="$keys --clients ${CLIENTS%:*} --conns ${CLIENTS#*:}"

if [ -z "$RATE" ]; then
  slowest=
  for server in $SERVERS; do
    start_empty "$server"
    # shellcheck disable=SC2086  # the options are meant to be split into words
    measure "$results/maximum-$server.json" put $load --duration 5s --warmup 5s
    stop
    slowest="$slowest $(value "$results/maximum-$server.json" perSecond)"
  done
  # shellcheck disable=SC2086
  RATE=$(printf '%s\n' $slowest | sort -g | head -n 1 | awk '{ printf "%d", $1 / 2 }')
fi

round() { # server round
  local file=$results/compaction-$1-$2.json
  start_empty "$1"
  # shellcheck disable=SC2086
  bench put $keys --sequential-keys --total "$REVISIONS" --warmup 0s --clients 500 --conns 10 \
    >/dev/null
  # shellcheck disable=SC2086
  measure "$file" compact $load --rate "$RATE" --around "$AROUND" --warmup "$WARMUP"
  say "round $2, $1: compaction took $(value "$file" seconds during) s, p99" \
    "$(value "$file" p99 before), $(value "$file" p99 during), $(value "$file" p99 after) ms"
  stop
  rm -rf "$WORK/data-$1"
}

of() { # server field group
  local file
  for file in "$results/compaction-$1"-*.json; do value "$file" "$2" "$3"; done | median
}

say "results go to $results, on $(stat -f -c %T "$WORK"), $RATE puts per second"
for r in $(seq "$ROUNDS"); do
  for server in $SERVERS; do round "$server" "$r"; done
done

echo "$(machine), median of $ROUNDS rounds, $REVISIONS revisions of $KEY_SPACE keys," \
  "$VALUE_SIZE-byte values, $RATE puts per second by ${CLIENTS%:*} clients."
echo
echo "| server | phase | seconds | puts per s | p50 ms | p99 ms | p99.9 ms | p99 / before |"
echo "|---|---|--:|--:|--:|--:|--:|--:|"
for server in $SERVERS; do
  before=$(of "$server" p99 before)
  for phase in before during after; do
    p99=$(of "$server" p99 "$phase")
    echo "| $server | $phase | $(rounded "$(of "$server" seconds "$phase")" 1) |" \
      "$(rounded "$(of "$server" perSecond "$phase")") | $(rounded "$(of "$server" p50 "$phase")" 2) |" \
      "$(rounded "$p99" 2) | $(rounded "$(of "$server" 'p99\.9' "$phase")" 2) |" \
      "$(awk -v p="$p99" -v b="$before" 'BEGIN { printf "%.2f", b ? p / b : 0 }') |"
  done
done
