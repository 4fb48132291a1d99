#!/usr/bin/env bash
# Compares clusters of three members on this machine, started in turn, the order alternating from
# round to round, and prints two Markdown tables: puts and gets through all members, and what a
# member needs: memory, and CPU while nobody asks for anything.
#
#   bench/compare-cluster.sh > tables.md
#
# Settings from the environment, besides those of bench/servers.sh:
#   SERVERS           the first is what the others are compared with (etcd rocksdb)
#   LOADS             what:clients:connections, separated by spaces. What is put, get (linearizable)
#                     or serializable, through all members in turn; with -leader or -follower behind
#                     it, through that one only.
#                     (put-leader:1:1 put-follower:1:1 put:100:12 put:1000:102 get:1000:102
#                     serializable:1000:102)
#   ROUNDS            an odd number gives a true median (3)
#   DURATION, WARMUP  of each measurement (10s, 10s)
#   SETTLE, IDLE      seconds before CPU while idle is measured, and for which it is (15, 20)
#   VALUE_SIZE        bytes (256)
#   KEY_SPACE         different keys, all of them present before measuring (100000)
#
# LOADS='put:100:12 get:1000:102' DURATION=3s WARMUP=3s SETTLE=3 IDLE=5 ROUNDS=1 KEY_SPACE=10000 tries
# it in less than a minute.
set -euo pipefail
MEMBERS=3
# shellcheck source=bench/servers.sh
. "$(dirname "$0")/servers.sh"
SERVERS=${SERVERS:-etcd rocksdb}
LOADS=${LOADS:-put-leader:1:1 put-follower:1:1 put:100:12 put:1000:102 get:1000:102 serializable:1000:102}
ROUNDS=${ROUNDS:-3}
DURATION=${DURATION:-10s}
WARMUP=${WARMUP:-10s}
SETTLE=${SETTLE:-15}
IDLE=${IDLE:-20}
VALUE_SIZE=${VALUE_SIZE:-256}
KEY_SPACE=${KEY_SPACE:-100000}

# The members that a load goes to.
aim() { # what
  local leader
  leader=$(leader)
  case $1 in
    *-leader) echo "$leader" ;;
    *-follower) members | grep -vx "$leader" | head -n 1 ;;
    *) members ;;
  esac
}

# Bytes that a member has resident, on average.
memory_each() {
  echo $(($(server_memory) / MEMBERS))
}

# The percentage of one core that a server uses meanwhile, all members together or one.
idle_percent() { # from to
  awk -v from="$1" -v to="$2" -v seconds="$IDLE" 'BEGIN { printf "%.2f", 100 * (to - from) / seconds }'
}

idle() { # server round
  local leader all lead bytes
  leader=$(leader)
  sleep "$SETTLE"
  bytes=$(memory_each)
  all=$(server_cpu)
  lead=$(server_cpu "$leader")
  sleep "$IDLE"
  all=$(idle_percent "$all" "$(server_cpu)")
  lead=$(idle_percent "$lead" "$(server_cpu "$leader")")
  printf '{"leaderCpuPercent": %s, "followerCpuPercent": %s, "memberBytes": %d}\n' "$lead" \
    "$(awk -v all="$all" -v lead="$lead" -v n="$MEMBERS" 'BEGIN { printf "%.2f", (all - lead) / (n - 1) }')" \
    "$bytes" >"$results/idle-$1-$2.json"
  say "round $2, $1, idle: leader $lead % of a core, all $all %, $(megabytes "$bytes") MB a member"
}

loads() { # server round kind...
  local load what clients conns kind file before
  for load in $LOADS; do
    IFS=: read -r what clients conns <<<"$load"
    kind=${what%-*}
    if [[ " ${*:3} " != *" $kind "* ]]; then continue; fi
    file=$results/$load-$1-$2
    before=$(server_cpu)
    local command=(range)
    case $kind in
      put) command=(put) ;;
      serializable) command+=(--serializable) ;;
    esac
    AT=$(aim "$what") measure "$file.json" "${command[@]}" --clients "$clients" --conns "$conns" \
      --duration "$DURATION" --warmup "$WARMUP" --key-space "$KEY_SPACE" --val-size "$VALUE_SIZE"
    # Over warm-up and measurement, as an operator's top would show it.
    awk -v from="$before" -v to="$(server_cpu)" 'BEGIN { printf "%.2f\n", to - from }' >"$file.cpu"
    say "round $2, $1, $load: $(value "$file.json" perSecond) per second"
  done
}

round() { # server round
  start_empty "$1"
  fill "$KEY_SPACE" "$VALUE_SIZE"
  idle "$1" "$2"
  loads "$1" "$2" put
  printf '{"memberBytes": %d}\n' "$(memory_each)" >"$results/puts-$1-$2.json"
  # A new start before the reads, for the reason that bench/compare-etcd.sh has.
  stop
  start "$1"
  loads "$1" "$2" get serializable
  printf '{"memberBytes": %d}\n' "$(memory_each)" >"$results/gets-$1-$2.json"
  stop
  rm -rf "$WORK/data-$1"
}

of() { # measurement server field
  local file
  for file in "$results/$1-$2"-*.json; do value "$file" "$3"; done | median
}

say "results go to $results, on $(stat -f -c %T "$WORK")"
for r in $(seq "$ROUNDS"); do
  order=$SERVERS
  # shellcheck disable=SC2086  # the names are meant to be split into words
  if [ $((r % 2)) = 0 ]; then order=$(printf '%s\n' $SERVERS | tac); fi
  for server in $order; do round "$server" "$r"; done
done

first=${SERVERS%% *}
echo "$(machine), three members, median of $ROUNDS rounds of $DURATION, $VALUE_SIZE-byte values," \
  "$KEY_SPACE keys."
echo
echo "| | clients | connections | server | per s | ratio | p50 ms | p99 ms |"
echo "|---|--:|--:|---|--:|--:|--:|--:|"
for load in $LOADS; do
  IFS=: read -r what clients conns <<<"$load"
  base=$(of "$load" "$first" perSecond)
  for server in $SERVERS; do
    rate=$(of "$load" "$server" perSecond)
    echo "| $what | $clients | $conns | $server | $(rounded "$rate") |" \
      "$(awk -v b="$base" -v r="$rate" 'BEGIN { printf "%.2f", b ? r / b : 0 }') |" \
      "$(rounded "$(of "$load" "$server" p50)" 2) | $(rounded "$(of "$load" "$server" p99)" 2) |"
  done
done
echo
echo "| server | idle: CPU of the leader % | of a follower % | memory of a member MB | after puts MB | after gets MB |"
echo "|---|--:|--:|--:|--:|--:|"
for server in $SERVERS; do
  echo "| $server | $(rounded "$(of idle "$server" leaderCpuPercent)" 2) |" \
    "$(rounded "$(of idle "$server" followerCpuPercent)" 2) |" \
    "$(megabytes "$(of idle "$server" memberBytes)") |" \
    "$(megabytes "$(of puts "$server" memberBytes)") |" \
    "$(megabytes "$(of gets "$server" memberBytes)") |"
done
