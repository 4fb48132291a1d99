#!/usr/bin/env bash
# Compares MetaStore with etcd on this machine and prints a Markdown table: the two servers in
# turn, the order alternating from round to round, the median of the rounds, and the ratio B / A.
#
#   bench/compare-etcd.sh > table.md
#
# Settings from the environment, besides BENCH, WORK and PORT of bench/servers.sh:
#   SERVER_A, SERVER_B  commands that start the servers and take etcd's flags
#                       (etcd; bin/metastore serve)
#   NAME_A, NAME_B      their names in the table (etcd; MetaStore)
#   ROUNDS              rounds; an odd number gives a true median (3)
#   LOADS               clients:connections, separated by spaces (1:1 100:10 1000:100)
#   DURATION, WARMUP    of each measurement (10s, 5s)
#   VALUE_SIZE          bytes (256)
#   KEY_SPACE           different keys, all of them present before measuring (100000)
set -euo pipefail
# shellcheck source=bench/servers.sh
. "$(dirname "$0")/servers.sh"
SERVER_A=${SERVER_A:-$SERVER_etcd}
SERVER_B=${SERVER_B:-$SERVER_rocksdb}
NAME_A=${NAME_A:-etcd}
NAME_B=${NAME_B:-MetaStore}
ROUNDS=${ROUNDS:-3}
LOADS=${LOADS:-1:1 100:10 1000:100}
DURATION=${DURATION:-10s}
WARMUP=${WARMUP:-5s}
VALUE_SIZE=${VALUE_SIZE:-256}
KEY_SPACE=${KEY_SPACE:-100000}

loads() { # label round operation
  local load file before after
  for load in $LOADS; do
    file=$results/$3-$load-$1-$2
    before=$(server_cpu)
    measure "$file.json" "$3" --clients "${load%:*}" --conns "${load#*:}" \
      --duration "$DURATION" --warmup "$WARMUP" --key-space "$KEY_SPACE" --val-size "$VALUE_SIZE"
    after=$(server_cpu)
    # Over warm-up and measurement, as an operator's top would show it.
    awk -v from="$before" -v to="$after" 'BEGIN { printf "%.2f\n", to - from }' >"$file.cpu"
    say "round $2, server $1, $3, clients:connections $load: $(value "$file.json" perSecond) per second"
  done
}

round() { # label round
  start_empty "$1"
  fill "$KEY_SPACE" "$VALUE_SIZE"
  loads "$1" "$2" put
  # A new start before the reads: etcd 3.4 copies a buffer with each read that has grown with the
  # writes before and shrinks only with later ones. Both servers get their best conditions.
  stop
  start "$1"
  loads "$1" "$2" range
  stop
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

echo "$(machine), median of $ROUNDS rounds of $DURATION, $VALUE_SIZE-byte values, $KEY_SPACE keys."
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
