#!/bin/sh
# Puts the start cache into the distribution folder: start-cache.sh FOLDER KEPT
#
# Making it takes a start and a stop of the server, so it is kept in KEPT and made again only when a
# file that it was made from has changed. The JVM compares times and sizes of jars, which are equal
# for two builds of nearly the same sources; so contents are compared here.
set -eu

folder=$1 kept=$2

made_from="$folder $(cat "$folder"/lib/*.jar "$folder/runtime/lib/modules" "$folder/conf/jvm.options" | cksum)"
if [ "$(cat "$kept/made-from" 2>/dev/null)" != "$made_from" ]; then
  rm -rf "$kept"
  # Without a cache the server only starts more slowly: no reason to fail a build.
  "$folder/bin/make-start-cache" || exit 0
  [ -d "$folder/cache" ] || exit 0
  cp -Rp "$folder/cache" "$kept"
  printf '%s\n' "$made_from" >"$kept/made-from"
  exit 0
fi
mkdir "$folder/cache"
cp -p "$kept/start.aot" "$kept/made-for" "$folder/cache"
