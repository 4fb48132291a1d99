package io.metastore.app.config;

/** How much is logged. */
public enum LogLevel {
  DEBUG,
  INFO,
  WARN,
  ERROR
}
