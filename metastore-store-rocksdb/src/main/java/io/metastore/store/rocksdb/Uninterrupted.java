package io.metastore.store.rocksdb;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/**
 * Work on files that an interrupt does not end: the JDK closes a channel, and most of what it reads
 * and writes files with is one, under a thread that is interrupted. Stateless.
 */
final class Uninterrupted {
  /** Something that may be begun again after an interrupt. */
  interface Work {
    void run() throws IOException;
  }

  private Uninterrupted() {}

  /** Does it to its end; a thread that was interrupted is so afterwards. */
  static void run(Work work) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          work.run();
          return;
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
