package io.metastore.core.watch;

import io.metastore.core.message.Event;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.message.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/** Something that waits to be sent; it becomes a message when its turn comes. */
sealed interface Outgoing {
  /** What it counts for in the limits of what may wait, in bytes. */
  default int charge() {
    return 0;
  }

  /** How many events it holds. */
  default int eventCount() {
    return 0;
  }

  /**
   * Sends it.
   *
   * @param headers makes the header for a revision
   * @param bytesMax limit for fragments
   */
  void send(LongFunction<ResponseHeader> headers, int bytesMax, Consumer<WatchResponse> to);

  /**
   * An answer about a watch; never dropped.
   *
   * @param response lacks the header
   */
  record Control(long revision, WatchResponse response) implements Outgoing {
    @Override
    public void send(
        LongFunction<ResponseHeader> headers, int bytesMax, Consumer<WatchResponse> to) {
      to.accept(response.toBuilder().setHeader(headers.apply(revision)).build());
    }
  }

  /**
   * A notice that all up to a revision was sent; worth nothing once what is before it is dropped.
   */
  record Progress(long revision, long watchId) implements Outgoing {
    @Override
    public void send(
        LongFunction<ResponseHeader> headers, int bytesMax, Consumer<WatchResponse> to) {
      to.accept(
          WatchResponse.newBuilder()
              .setHeader(headers.apply(revision))
              .setWatchId(watchId)
              .build());
    }
  }

  /**
   * Events of whole revisions.
   *
   * @param from where the watch goes back to when this is dropped
   */
  record Events(Watch watch, long from, long revision, List<Event> events, int charge)
      implements Outgoing {
    @Override
    public int eventCount() {
      return events.size();
    }

    @Override
    public void send(
        LongFunction<ResponseHeader> headers, int bytesMax, Consumer<WatchResponse> to) {
      WatchResponse whole =
          WatchResponse.newBuilder()
              .setHeader(headers.apply(revision))
              .setWatchId(watch.id())
              .addAllEvents(events)
              .build();
      if (watch.fragments() && events.size() > 1 && whole.getSerializedSize() >= bytesMax) {
        fragments(whole, bytesMax, to);
      } else {
        to.accept(whole);
      }
    }

    /** As many events to a fragment as stay under the limit, at least one. */
    private static void fragments(WatchResponse whole, int bytesMax, Consumer<WatchResponse> to) {
      WatchResponse empty = whole.toBuilder().clearEvents().setFragment(true).build();
      int overhead = empty.getSerializedSize();
      List<Event> part = new ArrayList<>();
      int bytes = overhead;
      for (Event event : whole.getEventsList()) {
        int more = WatchResponse.newBuilder().addEvents(event).build().getSerializedSize();
        if (!part.isEmpty() && bytes + more >= bytesMax) {
          to.accept(empty.toBuilder().addAllEvents(part).build());
          part.clear();
          bytes = overhead;
        }
        part.add(event);
        bytes += more;
      }
      to.accept(empty.toBuilder().setFragment(false).addAllEvents(part).build());
    }
  }
}
