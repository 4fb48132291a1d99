package io.metastore.app.config;

/** What a log line looks like. */
public enum LogFormat {
  /** For people: time, level, message, key=value pairs. */
  CONSOLE,
  /** For machines: one JSON object per line, with etcd's keys. */
  JSON
}
