#!/usr/bin/env bash
# Compares MetaStore with etcd on this machine and prints a Markdown table: the two servers in
# turn, the order alternating from round to round, the median of the rounds, and the ratio B / A.
#
#   bench/compare-etcd.sh > table.md
#
# Settings, all from the environment:
#   SERVER_A, SERVER_B  commands that start the servers and take etcd's flags
#                       (etcd; bin/metastore serve)
#   NAME_A, NAME_B      their names in the table (etcd; MetaStore)
#   BENCH               the load generator (bin/metastore bench)
#   ROUNDS              rounds; an odd number gives a true median (3)
#   LOADS               clients:connections, separated by spaces (1:1 100:10 1000:100)
#   DURATION, WARMUP    of each measurement (10s, 5s)
#   VALUE_SIZE          bytes (256)
#   KEY_SPACE           different keys, all of them present before measuring (100000)
#   WORK                where data and results go; on the disk you mean to measure (a new folder in
#                       TMPDIR). Results stay in WORK/results.
#   PORT                client port of both servers, the next one is the peer port (23790)
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
SERVER_A=${SERVER_A:-etcd}
SERVER_B=${SERVER_B:-$root/bin/metastore serve}
NAME_A=${NAME_A:-etcd}
NAME_B=${NAME_B:-MetaStore}
BENCH=${BENCH:-$root/bin/metastore bench}
ROUNDS=${ROUNDS:-3}
LOADS=${LOADS:-1:1 100:10 1000:100}
DURATION=${DURATION:-10s}
WARMUP=${WARMUP:-5s}
VALUE_SIZE=${VALUE_SIZE:-256}
KEY_SPACE=${KEY_SPACE:-100000}
WORK=${WORK:-$(mktemp -d "${TMPDIR:-/tmp}/compare-etcd.XXXXXX")}
PORT=${PORT:-23790}

results=$WORK/results
mkdir -p "$results"
group=

say() { echo "$*" >&2; }

# A server runs in a process group of its own, since a launcher may put a child in its place.
start() { # label
  local command=SERVER_$1
  # shellcheck disable=SC2086  # the command is meant to be split into words
  setsid ${!command} --name bench \
    --data-dir "$WORK/data-$1" \
    --listen-client-urls "http://127.0.0.1:$PORT" \
    --advertise-client-urls "http://127.0.0.1:$PORT" \
    --listen-peer-urls "http://127.0.0.1:$((PORT + 1))" \
    --initial-advertise-peer-urls "http://127.0.0.1:$((PORT + 1))" \
    --initial-cluster "bench=http://127.0.0.1:$((PORT + 1))" \
    >>"$WORK/server-$1.log" 2>&1 </dev/null &
  group=$!
  for _ in $(seq 60); do
    if bench put --total 1 --warmup 0s --key-prefix ready/ >/dev/null 2>&1; then
      return
    fi
    kill -0 -- "-$group" 2>/dev/null || break
    sleep 0.5
  done
  say "server $1 does not answer on port $PORT, see $WORK/server-$1.log"
  exit 1
}

stop() {
  if [ -n "$group" ]; then
    kill -- "-$group" 2>/dev/null || true
    while kill -0 -- "-$group" 2>/dev/null; do sleep 0.1; done
    group=
  fi
}
trap stop EXIT
trap 'exit 1' INT TERM

bench() { # operation option...
  $BENCH "$@" --endpoints "127.0.0.1:$PORT" --key-space "$KEY_SPACE" --val-size "$VALUE_SIZE"
}

# A table with failed requests in it would compare nothing.
failed() { # file
  say "requests failed, see $1: $(sed -n 's/.*"errors": //p' "$1")"
  exit 1
}

# CPU seconds that the server's processes have used.
server_cpu() {
  # Processes end while they are listed, which is no failure.
  { cat /proc/[0-9]*/stat 2>/dev/null || true; } | sed 's/^.*) //' |
    awk -v group="$group" -v hz="$(getconf CLK_TCK)" \
      '$3 == group { ticks += $12 + $13 } END { printf "%.2f", ticks / hz }'
}

measure() { # label round operation
  local load file before after
  for load in $LOADS; do
    file=$results/$3-$load-$1-$2
    before=$(server_cpu)
    bench "$3" --clients "${load%:*}" --conns "${load#*:}" --duration "$DURATION" \
      --warmup "$WARMUP" --json >"$file.json" || failed "$file.json"
    after=$(server_cpu)
    # Over warm-up and measurement, as an operator's top would show it.
    awk -v from="$before" -v to="$after" 'BEGIN { printf "%.2f\n", to - from }' >"$file.cpu"
    say "round $2, server $1, $3, clients:connections $load: $(value "$file.json" perSecond) per second"
  done
}

round() { # label round
  rm -rf "$WORK/data-$1"
  start "$1"
  bench put --sequential-keys --total "$KEY_SPACE" --warmup 0s --clients 100 --conns 10 >/dev/null
  measure "$1" "$2" put
  # A new start before the reads: etcd 3.4 copies a buffer with each read that has grown with the
  # writes before and shrinks only with later ones. Both servers get their best conditions.
  stop
  start "$1"
  measure "$1" "$2" range
  stop
}

value() { # file field
  sed -n "s/.*\"$2\": \([-0-9.E]*\).*/\1/p" "$1"
}

median() { # numbers on standard input
  sort -g | awk '{ a[NR] = $1 } END { print NR % 2 ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2 }'
}

of() { # operation load label field
  local file
  for file in "$results/$1-$2-$3"-*.json; do value "$file" "$4"; done | median
}

say "results go to $results, on $(stat -f -c %T "$WORK")"
for r in $(seq "$ROUNDS"); do
  if [ $((r % 2)) = 1 ]; then order="A B"; else order="B A"; fi
  for label in $order; do round "$label" "$r"; done
done

echo "$(nproc) processors, $(uname -sr), median of $ROUNDS rounds of $DURATION, $VALUE_SIZE-byte values, $KEY_SPACE keys."
echo
echo "| | clients | connections | $NAME_A per s | $NAME_B per s | ratio | $NAME_A p50 / p99 ms | $NAME_B p50 / p99 ms |"
echo "|---|--:|--:|--:|--:|--:|--:|--:|"
for operation in put range; do
  for load in $LOADS; do
    awk -v op="$operation" -v clients="${load%:*}" -v conns="${load#*:}" \
      -v a="$(of "$operation" "$load" A perSecond)" -v b="$(of "$operation" "$load" B perSecond)" \
      -v a50="$(of "$operation" "$load" A p50)" -v a99="$(of "$operation" "$load" A p99)" \
      -v b50="$(of "$operation" "$load" B p50)" -v b99="$(of "$operation" "$load" B p99)" \
      'BEGIN {
        printf("| %s | %d | %d | %d | %d | %.2f | %.2f / %.2f | %.2f / %.2f |\n",
          (op == "range" ? "get" : op), clients, conns, a, b, (a ? b / a : 0), a50, a99, b50, b99)
      }'
  done
done
