#!/usr/bin/env bash
# Compares how servers serve watchers and prints two Markdown tables: events delivered with one
# writer and many watchers of one key, and memory per idle watch.
#
#   bench/compare-watch.sh > table.md
#
# Events per second: the writer puts as fast as it is acknowledged, and the time lasts until every
# watcher has had every event. Delay: from a put's being sent to each of its events' arrival, at a
# rate that servers sustain.
#
# Settings from the environment, besides those of bench/servers.sh:
#   SERVERS         in this order (etcd rocksdb)
#   WATCHERS        numbers of them (1000 10000)
#   EVENTS          of a throughput measurement, all watchers together (3000000)
#   EVENT_RATE      events per second of a delay measurement (50000)
#   DURATION        of a delay measurement (20s)
#   WARMUP          of each measurement (10s)
#   IDLE            idle watches (100000)
#   SETTLE          seconds before memory is read (10)
#   STREAMS, CONNS  of the watchers (100, 10)
#   VALUE_SIZE      bytes (256)
#   ROUNDS          an odd number gives a true median (3)
#
# EVENTS=100000 DURATION=2s WARMUP=1s IDLE=10000 SETTLE=2 ROUNDS=1 tries it in less than a minute.
set -euo pipefail
# shellcheck source=bench/servers.sh
. "$(dirname "$0")/servers.sh"
SERVERS=${SERVERS:-etcd rocksdb}
WATCHERS=${WATCHERS:-1000 10000}
EVENTS=${EVENTS:-3000000}
EVENT_RATE=${EVENT_RATE:-50000}
DURATION=${DURATION:-20s}
WARMUP=${WARMUP:-10s}
IDLE=${IDLE:-100000}
SETTLE=${SETTLE:-10}
STREAMS=${STREAMS:-100}
CONNS=${CONNS:-10}
VALUE_SIZE=${VALUE_SIZE:-256}
ROUNDS=${ROUNDS:-3}

events() { # server round
  local watchers file common before
  for watchers in $WATCHERS; do
    common="--watchers $watchers --streams $STREAMS --conns $CONNS --val-size $VALUE_SIZE
      --warmup $WARMUP --give-up 60s"
    file=$results/events-$watchers-$1-$2
    before=$(server_cpu)
    # shellcheck disable=SC2086  # the options are meant to be split into words
    measure "$file.json" watch $common --total $((EVENTS / watchers))
    # Over warm-up and measurement, as an operator's top would show it.
    awk -v from="$before" -v to="$(server_cpu)" 'BEGIN { printf "%.2f\n", to - from }' >"$file.cpu"
    say "round $2, $1, $watchers watchers: $(rounded "$(value "$file.json" eventsPerSecond)") events per second"
    file=$results/delay-$watchers-$1-$2
    # shellcheck disable=SC2086
    measure "$file.json" watch $common --duration "$DURATION" \
      --put-rate "$(awk -v e="$EVENT_RATE" -v w="$watchers" 'BEGIN { print e / w }')"
    say "round $2, $1, $watchers watchers: p99 delay $(value "$file.json" p99 delayMillis) ms"
  done
}

idle() { # server round
  local before after log=$WORK/idle.log client
  # What a first connection and a first watch bring with them is not to be counted.
  bench watch --watchers 0 --idle-watchers "$CONNS" --streams "$CONNS" --conns "$CONNS" >/dev/null
  sleep "$SETTLE"
  before=$(server_memory)
  : >"$log"
  bench_in_background "$log" watch --watchers 0 --idle-watchers "$IDLE" --streams "$STREAMS" \
    --conns "$CONNS" --hold 10m --give-up 60s
  client=$!
  until grep -q 'watches are there' "$log"; do
    if ! kill -0 "$client" 2>/dev/null; then
      say "watches failed: $(cat "$log")"
      exit 1
    fi
    sleep 0.2
  done
  sleep "$SETTLE"
  after=$(server_memory)
  kill "$client"
  wait "$client" 2>/dev/null || true
  printf '{"watches": %d, "beforeBytes": %d, "afterBytes": %d, "bytesPerWatch": %d}\n' \
    "$IDLE" "$before" "$after" $(((after - before) / IDLE)) >"$results/idle-$1-$2.json"
  say "round $2, $1: $(((after - before) / IDLE)) bytes per idle watch"
}

of() { # measurement server field [group]
  local file
  for file in "$results/$1-$2"-*.json; do value "$file" "${@:3}"; done | median
}

say "results go to $results, on $(stat -f -c %T "$WORK")"
for r in $(seq "$ROUNDS"); do
  for server in $SERVERS; do
    start_empty "$server"
    events "$server" "$r"
    stop
    start_empty "$server"
    idle "$server" "$r"
    stop
    rm -rf "$WORK/data-$server"
  done
done

echo "$(machine), median of $ROUNDS rounds, one writer, all watchers on one key, $STREAMS streams on" \
  "$CONNS connections, $VALUE_SIZE-byte values. Delay at $EVENT_RATE events per second."
echo
echo "| server | watchers | events per s | puts per s | delay p50 / p99 ms | client CPU µs per event |"
echo "|---|--:|--:|--:|--:|--:|"
for watchers in $WATCHERS; do
  for server in $SERVERS; do
    echo "| $server | $watchers | $(rounded "$(of "events-$watchers" "$server" eventsPerSecond)") |" \
      "$(rounded "$(of "events-$watchers" "$server" putsPerSecond)") |" \
      "$(rounded "$(of "delay-$watchers" "$server" p50 delayMillis)" 2) /" \
      "$(rounded "$(of "delay-$watchers" "$server" p99 delayMillis)" 2) |" \
      "$(rounded "$(of "events-$watchers" "$server" clientCpuMicrosPerEvent)" 2) |"
  done
done
echo
echo "| server | idle watches | resident before MB | with them MB | bytes per watch |"
echo "|---|--:|--:|--:|--:|"
for server in $SERVERS; do
  echo "| $server | $IDLE | $(megabytes "$(of idle "$server" beforeBytes)") |" \
    "$(megabytes "$(of idle "$server" afterBytes)") | $(rounded "$(of idle "$server" bytesPerWatch)") |"
done
