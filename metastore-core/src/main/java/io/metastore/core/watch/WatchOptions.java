package io.metastore.core.watch;

import java.time.Duration;

/**
 * What a hub is set up with.
 *
 * @param progressInterval time between unasked notices of progress, up to a tenth longer
 * @param responseBytesMax responses above this are cut in fragments for clients that ask for it
 * @param streamBytesMax what may wait for one client
 * @param totalBytesMax what may wait for all clients, unless a stream has nothing waiting
 * @param stalledAfter a client that takes nothing for this long gives up what waits for it, and
 *     reads it again from the store once it goes on
 */
public record WatchOptions(
    Duration progressInterval,
    int responseBytesMax,
    int streamBytesMax,
    long totalBytesMax,
    Duration stalledAfter) {
  private static final int STREAM_BYTES_MAX = 4 << 20;
  private static final long TOTAL_BYTES_MAX = 64L << 20;
  private static final Duration STALLED_AFTER = Duration.ofSeconds(1);

  /** Default limits. */
  public static WatchOptions of(Duration progressInterval, int responseBytesMax) {
    return new WatchOptions(
        progressInterval, responseBytesMax, STREAM_BYTES_MAX, TOTAL_BYTES_MAX, STALLED_AFTER);
  }
}
