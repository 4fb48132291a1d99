# Finds a Java that is new enough. Sourced by bin/metastore and mvnw, so that both look in the same
# places; plain POSIX sh, because nothing else is certain to be there before Java is.
#
# find_java MINIMUM PROGRAM
#   PROGRAM is `java` where a runtime is enough, `javac` where a JDK is needed.
#   Found: returns 0 and sets java_home.
#   Not found: returns 1 and sets java_seen to one line for every Java that was looked at.
#
# JAVA_HOME and PATH are somebody's choice and win as they are; among the usual folders the newest
# version wins. METASTORE_JAVA_ROOT stands before the absolute folders, for tests.

find_java() {
  java_home='' java_seen='' java_known=':' java_newest=0
  if [ -n "${JAVA_HOME-}" ]; then
    if [ ! -x "$JAVA_HOME/bin/java" ]; then
      java_note "JAVA_HOME=$JAVA_HOME: no bin/java in it"
    elif java_try "$JAVA_HOME" 'JAVA_HOME=' "$1" "$2"; then
      java_home=$JAVA_HOME
      return 0
    fi
  fi
  if java_on_path=$(command -v java); then
    # What is on PATH is mostly a chain of links (or a stub that picks a JDK): Java knows its home.
    java_probe "$java_on_path"
    if [ -n "$java_probed_home" ] && java_try "$java_probed_home" 'PATH: ' "$1" "$2"; then
      java_home=$java_probed_home
      return 0
    fi
  fi
  java_root=${METASTORE_JAVA_ROOT-}
  for java_candidate in \
    "$java_root"/usr/lib/jvm/* "$java_root"/usr/java/* \
    "$java_root"/opt/* "$java_root"/opt/java/* \
    "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/* \
    "$java_root"/Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if [ -x "$java_candidate/bin/java" ] \
      && java_try "$java_candidate" '' "$1" "$2" \
      && [ "$java_version" -gt "$java_newest" ]; then
      java_newest=$java_version java_home=$java_candidate
    fi
  done
  [ -n "$java_home" ]
}

# java_try HOME LABEL MINIMUM PROGRAM: whether it will do; sets java_version. Each home is tried once,
# however many links lead to it.
java_try() {
  java_real=$(cd -P -- "$1" 2>/dev/null && pwd -P) || return 1
  case $java_known in *":$java_real:"*) return 1 ;; esac
  java_known=$java_known$java_real:
  java_probe "$1/bin/java"
  if [ -z "$java_version" ]; then
    java_note "$2$1: does not run"
  elif [ "$java_version" -lt "$3" ]; then
    java_note "$2$1: Java $java_version"
  elif [ ! -x "$1/bin/$4" ]; then
    java_note "$2$1: Java $java_version, but without $4: a runtime, not a JDK"
  else
    return 0
  fi
  return 1
}

# java_probe EXECUTABLE: sets java_version (a number, empty when it does not run), java_probed_home.
java_probe() {
  java_settings=$("$1" -XshowSettings:properties -version 2>&1) || java_settings=''
  java_version=$(printf '%s\n' "$java_settings" \
    | sed -n 's/^ *java\.specification\.version = \(1\.\)\{0,1\}\([0-9][0-9]*\).*/\2/p')
  java_probed_home=$(printf '%s\n' "$java_settings" | sed -n 's/^ *java\.home = //p')
}

java_note() {
  java_seen="$java_seen
  $1"
}

# java_missing WHO WHAT ADVICE: the end of a search without success, on standard error.
java_missing() {
  {
    echo "$1: no $2 found."
    if [ -n "$java_seen" ]; then
      echo "Looked at:$java_seen"
    else
      echo 'There is no Java in JAVA_HOME, on PATH or in the usual folders.'
    fi
    echo "$3"
  } >&2
}
