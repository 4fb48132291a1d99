package io.metastore.api;

import java.time.Duration;

/**
 * A promise of the store to keep keys for as long as somebody renews it; while it is open, that is
 * done in the background. Keys put with {@link Put#withLease(Lease)} are deleted when it ends:
 * because it was closed, or because this program died or was cut off for longer than the TTL.
 *
 * <p>Thread-safe.
 */
public interface Lease extends AutoCloseable {
  /** Its number in the store. */
  long id();

  /** How long it lives after the last renewal; the store may give more than was asked for. */
  Duration ttl();

  /** False once it ended, or may have ended because no renewal was answered within the TTL. */
  boolean isAlive();

  /**
   * Waits until {@link #isAlive()} is false.
   *
   * @throws InterruptedException when interrupted
   */
  void awaitEnd() throws InterruptedException;

  /**
   * Ends it and deletes its keys. Closing twice is harmless, and so is closing one that has ended;
   * when the store cannot be reached it ends by its TTL.
   */
  @Override
  void close();
}
