#!/bin/sh
# Links the Java runtime that is shipped with the server: link-runtime.sh JDK FOLDER MODULES
#
# Only JDK modules go in; the server's own stay in lib/, where one can see and replace them. Linking
# takes seconds and is the same for the same JDK and modules: what it was made from stands beside
# the result, and the work is skipped while that does not change.
set -eu

jdk=$1 folder=$2 modules=$3

made_from=$(cat "$jdk/release"; echo "$modules"; cat "$0")
if [ -x "$folder/bin/java" ] && [ "$(cat "$folder.made-from" 2>/dev/null)" = "$made_from" ]; then
  exit 0
fi

rm -rf "$folder" "$folder.made-from"
mkdir -p "$(dirname "$folder")"
# Debug attributes stay: without them no stack trace has a line number inside the JDK.
# A process of two seconds: the second compiler would cost as much again.
if ! output=$("$jdk/bin/jlink" -J-XX:TieredStopAtLevel=1 --add-modules "$modules" --output "$folder" \
  --no-man-pages --no-header-files --compress zip-6 2>&1); then
  echo "$output" >&2
  echo "link-runtime.sh: jlink of $jdk failed; a JDK without jmods/ that is no linkable one cannot make runtimes." >&2
  exit 1
fi
# The class archive takes a third of a second off every start. It is good for one kind of object headers:
# for those of conf/jvm.options, where the runtime has them.
"$folder/bin/java" -XX:+UnlockExperimentalVMOptions -XX:+UseCompactObjectHeaders -Xshare:dump >/dev/null 2>&1 \
  || "$folder/bin/java" -Xshare:dump >/dev/null
printf '%s\n' "$made_from" > "$folder.made-from"
