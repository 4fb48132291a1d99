# What the comparisons share; they source it. It starts servers one at a time, each in a process group
# of its own on its own data directory, and looks at them from outside.
#
# Settings, all from the environment:
#   SERVER_<name>  the command that starts a server and takes etcd's flags
#   BENCH          the load generator (bin/metastore bench)
#   WORK           where data and results go; on the disk you mean to measure (a new folder in TMPDIR).
#                  Results stay in WORK/results.
#   PORT           client port of all servers, the next one is the peer port (23790)
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
SERVER_etcd=${SERVER_etcd:-etcd}
SERVER_rocksdb=${SERVER_rocksdb:-$root/bin/metastore serve}
SERVER_memory=${SERVER_memory:-$root/bin/metastore serve --storage memory}
BENCH=${BENCH:-$root/bin/metastore bench}
WORK=${WORK:-$(mktemp -d "${TMPDIR:-/tmp}/$(basename "$0" .sh).XXXXXX")}
PORT=${PORT:-23790}
START_SECONDS_MAX=${START_SECONDS_MAX:-120}

results=$WORK/results
mkdir -p "$results"
group=

say() { echo "$*" >&2; }

# A server runs in a process group of its own, since a launcher may put a child in its place.
launch() { # name
  local command=SERVER_$1
  if healthy; then
    say "something answers on port $PORT already: stop it, or set PORT"
    exit 1
  fi
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
  # Its end is no news.
  disown "$group"
}

alive() {
  # By its number too: at first the group is not there yet.
  kill -0 -- "-$group" 2>/dev/null || kill -0 "$group" 2>/dev/null
}

# Whether /health says yes, which on etcd and MetaStore means that a linearizable read was answered.
healthy() (
  exec 3<>"/dev/tcp/127.0.0.1/$PORT" || exit 1
  printf 'GET /health HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n' >&3
  read -r -t 5 status <&3 && [[ $status == *" 200 "* ]]
) 2>/dev/null

# Starts a server on the data it has and waits until it answers.
start() { # name
  local end=$((SECONDS + START_SECONDS_MAX))
  launch "$1"
  until healthy; do
    if [ $SECONDS -ge $end ] || ! alive; then
      say "server $1 does not answer on port $PORT, see $WORK/server-$1.log"
      exit 1
    fi
    sleep 0.01
  done
}

# The same on an empty data directory.
start_empty() { # name
  rm -rf "$WORK/data-$1"
  start "$1"
}

stop() { # signal
  if [ -n "$group" ]; then
    kill "-${1:-TERM}" -- "-$group" 2>/dev/null || true
    while alive; do sleep 0.05; done
    group=
  fi
}
trap stop EXIT
trap 'exit 1' INT TERM

bench() { # operation option...
  # shellcheck disable=SC2086  # the command is meant to be split into words
  $BENCH "$@" --endpoints "127.0.0.1:$PORT"
}

# The same in the background, as the process $!: a function would be a shell with a child.
bench_in_background() { # log operation option...
  (
    exec >/dev/null 2>"$1"
    shift
    # shellcheck disable=SC2086  # the command is meant to be split into words
    exec $BENCH "$@" --endpoints "127.0.0.1:$PORT"
  ) &
}

# A measurement into a file; a table with failed requests in it would compare nothing.
measure() { # file operation option...
  local file=$1
  shift
  if ! bench "$@" --json "$file" >/dev/null; then
    say "requests failed, see $file: $(sed -n 's/.*"errors": //p' "$file" 2>/dev/null)"
    exit 1
  fi
}

# Puts so many keys with values, in transactions of 100 puts.
fill() { # keys value-size
  bench txn --txn-ops 100 --txn-gets 0 --sequential-keys --key-space "$1" --val-size "$2" \
    --total $((($1 + 99) / 100)) --warmup 0s --clients 10 --conns 2 >/dev/null
}

# Gets every key once.
read_all() { # keys
  bench txn --txn-ops 100 --txn-gets 100 --sequential-keys --key-space "$1" \
    --total $((($1 + 99) / 100)) --warmup 0s --clients 10 --conns 2 >/dev/null
}

# The statistics of the server's processes, comm left out so that fields can be counted.
server_stat() {
  # Processes end while they are listed, which is no failure.
  { cat /proc/[0-9]*/stat 2>/dev/null || true; } | sed 's/^.*) //' |
    awk -v group="$group" '$3 == group'
}

# CPU seconds that the server's processes have used.
server_cpu() {
  server_stat | awk -v hz="$(getconf CLK_TCK)" \
    '{ ticks += $12 + $13 } END { printf "%.2f", ticks / hz }'
}

# Bytes of memory that they have resident.
server_memory() {
  server_stat | awk -v page="$(getconf PAGESIZE)" '{ pages += $22 } END { printf "%d", pages * page }'
}

# Bytes on the disk of a server's data.
server_disk() { # name
  du -sk "$WORK/data-$1" | awk '{ printf "%d", $1 * 1024 }'
}

# A figure of a result; with a group, the one in it.
value() { # file field group
  if [ $# = 3 ]; then
    sed -n "s/.*\"$3\": {\([^}]*\)}.*/\1/p" "$1" | sed -n "s/.*\"$2\": \([-0-9.E]*\).*/\1/p"
  else
    sed -n "s/.*\"$2\": \([-0-9.E]*\).*/\1/p" "$1"
  fi
}

median() { # numbers on standard input
  sort -g | awk '{ a[NR] = $1 } END { print NR % 2 ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2 }'
}

megabytes() { # bytes
  awk -v bytes="$1" 'BEGIN { printf "%d", bytes / 1e6 }'
}

rounded() { # number digits
  printf "%.${2:-0}f" "$1"
}

machine() {
  echo "$(nproc) processors, $(uname -sr), $(stat -f -c %T "$WORK")"
}
