package io.metastore.api;

import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;

/**
 * The changes of some keys, in order, each once, none left out, until it is closed. {@link
 * #hasNext()} waits for the next change and is false when there will be none; {@link #outcome()}
 * then says why.
 *
 * <pre>{@code
 * try (Watch watch = store.watch(Keys.prefix("/app/"))) {
 *   watch.forEachRemaining(event -> ...);
 * }
 * }</pre>
 *
 * <p>The changes of one revision come together. Over a network a watch survives a lost connection
 * and goes on where it was. A reader that falls behind costs no memory. One thread iterates; any
 * may close. A thread that waits and is interrupted gets an {@link UnknownOutcomeException}; no
 * event is lost by it.
 */
public interface Watch extends Iterator<WatchEvent>, AutoCloseable {
  /** Waits for the next event; false when there will be none. */
  @Override
  boolean hasNext();

  /**
   * Waits for the next event and takes it.
   *
   * @throws java.util.NoSuchElementException when there will be none
   */
  @Override
  WatchEvent next();

  /** Takes the next event if it comes in time; empty when it does not, and when the watch ended. */
  Optional<WatchEvent> poll(Duration timeout);

  /**
   * The revision up to which every change has been taken: a later watch from the next one on misses
   * nothing and repeats nothing.
   */
  long revision();

  /** Why there are no more events; empty while there may be. */
  Optional<WatchOutcome> outcome();

  /** Ends the watch. Closing twice is harmless. */
  @Override
  void close();
}
