package io.metastore.app.bench;

import java.io.IOException;

/**
 * The watchers of one stream: takes their events and checks that each gets every event once and in
 * order.
 *
 * <p>Revisions must grow from event to event, so none comes twice or late; when as many have come
 * as puts were acknowledged, none is missing. Used by the stream's event loop; the counts may be
 * read by others when all is quiet.
 */
final class WatchReader implements Connection.Receiver {
  static final String DISORDER = "event came twice or out of order";

  private final WatchFleet fleet;
  private final WatchMessage message = new WatchMessage();
  private final long[] revisions;
  private final long[] counts;

  /** A reader for this many watchers, with ids from 1. */
  WatchReader(WatchFleet fleet, int watchers) {
    this.fleet = fleet;
    this.revisions = new long[watchers];
    this.counts = new long[watchers];
  }

  /** Events that the stream's i-th watcher has got. */
  long count(int i) {
    return counts[i];
  }

  @Override
  public void onMessage(byte[] buffer, int offset, int length) {
    long now = System.nanoTime();
    try {
      message.read(buffer, offset, length);
    } catch (IOException e) {
      fleet.failed("malformed response: " + e.getMessage());
      return;
    }
    if (message.canceled()) {
      fleet.failed("watch canceled: " + message.reason());
    } else if (message.created()) {
      fleet.created();
    } else {
      events(now);
    }
  }

  private void events(long now) {
    int i = (int) message.watchId() - 1;
    if (i < 0 || i >= counts.length) {
      fleet.failed("response to a watch that nobody made");
      return;
    }
    for (int event = 0; event < message.events(); event++) {
      if (message.revision(event) <= revisions[i]) {
        fleet.failed(DISORDER);
      }
      revisions[i] = message.revision(event);
      fleet.delay(now - message.sentNanos(event));
    }
    counts[i] += message.events();
    fleet.delivered(message.events(), now);
  }

  @Override
  public void onError(String text) {
    fleet.failed("stream: " + text);
  }
}
