package io.metastore.app.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.Event;
import io.metastore.core.message.Event.EventType;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchCreateRequest.FilterType;
import io.metastore.core.message.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * The watches of one program, on one stream of each server.
 *
 * <p>Live ones begin where the program is when it comes to them. Those from the past are opened at
 * its end: etcd catches up in its own time, and a compaction meanwhile would cancel the watch or
 * not. At the end each watch's own key is put and deleted, and all events up to there are compared.
 */
final class Watches implements AutoCloseable {
  private static final ByteString ZERO = ByteString.copyFrom(new byte[] {0});

  private final WatchStream etcd;
  private final WatchStream ours;
  private final List<WatchCreateRequest> late = new ArrayList<>();
  private final List<Open> open = new ArrayList<>();

  private long mark;

  private record Open(WatchCreateRequest request, long id) {}

  Watches(WatchStream etcd, WatchStream ours) {
    this.etcd = etcd;
    this.ours = ours;
  }

  /** What is below this revision is gone from both. */
  void compacted(long revision) {
    mark = Math.max(mark, revision);
  }

  /** Whether something is watched whose earlier state may not be compacted before it is sent. */
  boolean needHistory() {
    return open.stream().anyMatch(watch -> watch.request().getPrevKv());
  }

  /** Opens a watch, now or at the end. */
  Optional<Apart> create(WatchCreateRequest request, long head) throws InterruptedException {
    if (request.getStartRevision() != 0 && request.getStartRevision() <= head) {
      late.add(request);
      return Optional.empty();
    }
    return create(request);
  }

  private Optional<Apart> create(WatchCreateRequest request) throws InterruptedException {
    WatchResponse expected = Canonical.of(etcd.create(request));
    WatchResponse answered = Canonical.of(ours.create(request));
    if (!expected.equals(answered)) {
      return Optional.of(
          new Apart(request, new Answer.Response(expected), new Answer.Response(answered)));
    }
    if (!expected.getCanceled()) {
      open.add(new Open(request, expected.getWatchId()));
    }
    return Optional.empty();
  }

  /**
   * Ends all watches and compares what they have told.
   *
   * @param write sends a write to both servers and tells the revision that it made
   */
  Optional<Apart> finish(ToLongFunction<Message> write) throws InterruptedException {
    for (WatchCreateRequest request : late) {
      Optional<Apart> apart = create(request);
      if (apart.isPresent()) {
        return apart;
      }
    }
    for (Open watch : open) {
      long last = mark(watch.request(), write);
      List<Event> expected = comparable(etcd.events(watch.id(), last));
      List<Event> told = comparable(ours.events(watch.id(), last));
      int same = 0;
      while (same < Math.min(expected.size(), told.size())
          && expected.get(same).equals(told.get(same))) {
        same++;
      }
      Answer theirAnswer = watched(expected, same, etcd.cancel(watch.id()));
      Answer ourAnswer = watched(told, same, ours.cancel(watch.id()));
      if (!theirAnswer.equals(ourAnswer)) {
        return Optional.of(new Apart(watch.request(), theirAnswer, ourAnswer));
      }
    }
    return Optional.empty();
  }

  /** What a watch told from where it differs. */
  private static Answer watched(List<Event> events, int from, WatchResponse cancel) {
    return new Answer.Watched(
        events.subList(from, events.size()), events.size(), Canonical.of(cancel));
  }

  /** {@link KnownDifference#TOMBSTONE_AT_MARK}. */
  private List<Event> comparable(List<Event> events) {
    return events.stream()
        .filter(event -> event.getType() == EventType.PUT || event.getKv().getModRevision() != mark)
        .toList();
  }

  /** Makes the last event of a watch and returns its revision. */
  private static long mark(WatchCreateRequest watch, ToLongFunction<Message> write) {
    ByteString key = watch.getKey().isEmpty() ? ZERO : watch.getKey();
    Message put = PutRequest.newBuilder().setKey(key).build();
    Message delete = DeleteRangeRequest.newBuilder().setKey(key).build();
    long revision;
    do {
      revision = write.applyAsLong(put);
      if (!watch.getFiltersList().contains(FilterType.NODELETE)) {
        revision = write.applyAsLong(delete);
      }
    } while (revision < watch.getStartRevision() + 1);
    return revision;
  }

  @Override
  public void close() {
    etcd.close();
    ours.close();
  }
}
