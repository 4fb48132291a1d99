# What the comparisons share; they source it. It starts servers one at a time, each of MEMBERS members
# (1, unless the script has set it), each member in a process group of its own on its own data
# directory, and looks at them from outside.
#
# Settings, all from the environment:
#   SERVER_<name>  the command that starts a server and takes etcd's flags
#   BENCH          the load generator (bin/metastore bench)
#   WORK           where data and results go; on the disk you mean to measure (a new folder in TMPDIR).
#                  Results stay in WORK/results.
#   PORT           client port of every server's first member, the next one is its peer port (23790);
#                  the other members' ports follow
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
SERVER_etcd=${SERVER_etcd:-etcd}
SERVER_rocksdb=${SERVER_rocksdb:-$root/bin/metastore serve}
SERVER_memory=${SERVER_memory:-$root/bin/metastore serve --storage memory}
BENCH=${BENCH:-$root/bin/metastore bench}
WORK=${WORK:-$(mktemp -d "${TMPDIR:-/tmp}/$(basename "$0" .sh).XXXXXX")}
PORT=${PORT:-23790}
START_SECONDS_MAX=${START_SECONDS_MAX:-120}
MEMBERS=${MEMBERS:-1}

results=$WORK/results
mkdir -p "$results"
# The process group of each member, from 1 on.
groups=()

say() { echo "$*" >&2; }

members() { seq "$MEMBERS"; }

client_port() { # member
  echo $((PORT + 2 * ($1 - 1)))
}

peer_url() { # member
  echo "http://127.0.0.1:$((PORT + 2 * ($1 - 1) + 1))"
}

# Puts commas between words.
joined() {
  local IFS=,
  echo "$*"
}

endpoints() { # member...
  local m all=()
  for m in "$@"; do all+=("127.0.0.1:$(client_port "$m")"); done
  joined "${all[@]}"
}

# A member runs in a process group of its own, since a launcher may put a child in its place.
launch() { # name member
  local command=SERVER_$1 m cluster=()
  if healthy "$2"; then
    say "something answers on port $(client_port "$2") already: stop it, or set PORT"
    exit 1
  fi
  for m in $(members); do cluster+=("m$m=$(peer_url "$m")"); done
  mkdir -p "$WORK/data-$1"
  # shellcheck disable=SC2086  # the command is meant to be split into words
  setsid ${!command} --name "m$2" \
    --data-dir "$WORK/data-$1/m$2" \
    --listen-client-urls "http://$(endpoints "$2")" \
    --advertise-client-urls "http://$(endpoints "$2")" \
    --listen-peer-urls "$(peer_url "$2")" \
    --initial-advertise-peer-urls "$(peer_url "$2")" \
    --initial-cluster "$(joined "${cluster[@]}")" \
    >>"$WORK/server-$1-m$2.log" 2>&1 </dev/null &
  groups[$2]=$!
  # Its end is no news.
  disown "$!"
}

alive() { # member
  # By its number too: at first the group is not there yet.
  kill -0 -- "-${groups[$1]}" 2>/dev/null || kill -0 "${groups[$1]}" 2>/dev/null
}

# A member's answer to an HTTP request, with its status line and headers.
http_get() { # member path
  local line
  (
    exec 3<>"/dev/tcp/127.0.0.1/$(client_port "$1")" || exit 1
    printf 'GET %s HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n' "$2" >&3
    while read -r -t 5 line <&3; do echo "$line"; done
  ) 2>/dev/null
}

# Whether /health says yes, which on etcd and MetaStore means that a linearizable read was answered.
healthy() { # member
  [[ $(http_get "$1" /health | head -n 1) == *" 200 "* ]]
}

# The member that leads.
leader() {
  local m
  for m in $(members); do
    if [[ $(http_get "$m" /metrics) =~ etcd_server_is_leader(\{[^}]*\})?\ 1 ]]; then
      echo "$m"
      return
    fi
  done
  say "no member leads"
  exit 1
}

# Starts a server on the data it has and waits until every member answers.
start() { # name
  local m end=$((SECONDS + START_SECONDS_MAX))
  for m in $(members); do launch "$1" "$m"; done
  for m in $(members); do
    until healthy "$m"; do
      if [ $SECONDS -ge $end ] || ! alive "$m"; then
        say "server $1 does not answer on port $(client_port "$m"), see $WORK/server-$1-m$m.log"
        exit 1
      fi
      sleep 0.01
    done
  done
}

# The same on an empty data directory.
start_empty() { # name
  rm -rf "$WORK/data-$1"
  start "$1"
}

stop() { # signal
  local m
  for m in "${!groups[@]}"; do kill "-${1:-TERM}" -- "-${groups[$m]}" 2>/dev/null || true; done
  for m in "${!groups[@]}"; do
    while alive "$m"; do sleep 0.05; done
  done
  groups=()
}
trap stop EXIT
trap 'exit 1' INT TERM

# At all members, or at those that AT names.
bench() { # operation option...
  # shellcheck disable=SC2046,SC2086  # these are meant to be split into words
  $BENCH "$@" --endpoints "$(endpoints ${AT:-$(members)})"
}

# The same in the background, as the process $!: a function would be a shell with a child.
bench_in_background() { # log operation option...
  (
    exec >/dev/null 2>"$1"
    shift
    # shellcheck disable=SC2046,SC2086  # these are meant to be split into words
    exec $BENCH "$@" --endpoints "$(endpoints $(members))"
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
    --total $((($1 + 99) / 100)) --warmup 0s --clients 10 --conns $((2 * MEMBERS)) >/dev/null
}

# Gets every key once.
read_all() { # keys
  bench txn --txn-ops 100 --txn-gets 100 --sequential-keys --key-space "$1" \
    --total $((($1 + 99) / 100)) --warmup 0s --clients 10 --conns $((2 * MEMBERS)) >/dev/null
}

# The statistics of the processes of the server, or of one member, comm left out so that fields can
# be counted.
server_stat() { # [member]
  local all=" ${groups[*]} "
  if [ $# = 1 ]; then all=" ${groups[$1]} "; fi
  # Processes end while they are listed, which is no failure.
  { cat /proc/[0-9]*/stat 2>/dev/null || true; } | sed 's/^.*) //' |
    awk -v groups="$all" 'index(groups, " " $3 " ")'
}

# CPU seconds that these processes have used.
server_cpu() { # [member]
  server_stat "$@" | awk -v hz="$(getconf CLK_TCK)" \
    '{ ticks += $12 + $13 } END { printf "%.2f", ticks / hz }'
}

# Bytes of memory that they have resident.
server_memory() { # [member]
  server_stat "$@" | awk -v page="$(getconf PAGESIZE)" '{ pages += $22 } END { printf "%d", pages * page }'
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
