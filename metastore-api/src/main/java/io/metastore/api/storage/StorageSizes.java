package io.metastore.api.storage;

/**
 * How much an engine holds, in bytes; both figures may be estimates.
 *
 * @param totalBytes space taken, on disk or, for an engine without files, in memory
 * @param inUseBytes the part of it that live data need; at most {@code totalBytes}
 */
public record StorageSizes(long totalBytes, long inUseBytes) {
  /** Checks the numbers. */
  public StorageSizes {
    if (totalBytes < 0 || inUseBytes < 0 || inUseBytes > totalBytes) {
      throw new IllegalArgumentException(
          "inUseBytes must be within 0..totalBytes: " + inUseBytes + ", " + totalBytes);
    }
  }
}
