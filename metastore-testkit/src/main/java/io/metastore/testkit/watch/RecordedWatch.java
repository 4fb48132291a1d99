package io.metastore.testkit.watch;

import io.metastore.testkit.model.Command.Watch;
import io.metastore.testkit.model.KeyEvent;
import java.util.List;

/**
 * What one watch was told, over all the streams it had one after another.
 *
 * @param asked which events are wanted, and from which revision on
 * @param parts what came on each stream, at least one
 */
public record RecordedWatch(Watch asked, List<Part> parts) {
  /**
   * What came on one stream.
   *
   * @param from the revision from which the watch was created on this stream
   * @param responses in the order in which they came, without those that answer a request
   */
  public record Part(long from, List<Response> responses) {
    /** Copies the list. */
    public Part {
      responses = List.copyOf(responses);
    }
  }

  /**
   * One response. Without events it is a bookmark: a notice of progress.
   *
   * @param revision of its header
   * @param fragment whether more of the same response follows
   */
  public record Response(long revision, List<KeyEvent> events, boolean fragment) {
    /** Copies the list. */
    public Response {
      events = List.copyOf(events);
    }

    /** Whether it is a notice of progress. */
    public boolean isBookmark() {
      return events.isEmpty();
    }
  }

  /** Copies the list, and checks that it begins where it was asked to. */
  public RecordedWatch {
    parts = List.copyOf(parts);
    if (parts.isEmpty() || parts.getFirst().from() != asked.from()) {
      throw new IllegalArgumentException("the first stream does not begin where " + asked);
    }
  }
}
