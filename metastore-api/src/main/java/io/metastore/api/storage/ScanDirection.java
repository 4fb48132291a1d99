package io.metastore.api.storage;

/** The order in which a cursor walks. */
public enum ScanDirection {
  /** From the smallest key to the largest. */
  FORWARD,
  /** From the largest key to the smallest. */
  BACKWARD
}
