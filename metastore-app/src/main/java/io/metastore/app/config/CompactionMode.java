package io.metastore.app.config;

/** What {@code --auto-compaction-retention} counts. */
public enum CompactionMode {
  /** Time. */
  PERIODIC,
  /** Revisions. */
  REVISION
}
