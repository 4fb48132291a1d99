package io.metastore.app.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.Event;
import io.metastore.core.message.Event.EventType;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.WatchCancelRequest;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchCreateRequest.FilterType;
import io.metastore.core.message.WatchProgressRequest;
import io.metastore.core.message.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The watches of one program, on one stream of each server.
 *
 * <p>Live ones begin where the program is when it comes to them. Those from the past are opened at
 * its end: etcd catches up in its own time, and a compaction meanwhile would cancel the watch or
 * not. Events come when they come, so before they are compared, each watch's own key is put and
 * deleted: with the event of that, all earlier ones are there.
 */
final class Watches {
  private static final ByteString ZERO = ByteString.copyFrom(new byte[] {0});

  private final Side etcd;
  private final Side ours;
  private final ToLongFunction<Message> write;
  private final List<WatchCreateRequest> late = new ArrayList<>();
  private final List<Open> open = new ArrayList<>();

  private long mark;

  private record Open(WatchCreateRequest request, long id) {
    ByteString key() {
      return request.getKey().isEmpty() ? ZERO : request.getKey();
    }
  }

  /**
   * Creates one without watches.
   *
   * @param write sends a write to both servers and tells the revision that it made
   */
  Watches(Side etcd, Side ours, ToLongFunction<Message> write) {
    this.etcd = etcd;
    this.ours = ours;
    this.write = write;
  }

  /** What is below this revision is gone from both. */
  void compacted(long revision) {
    mark = Math.max(mark, revision);
  }

  /** The newest revision that the program compacted to; 0 before that. */
  long mark() {
    return mark;
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
    WatchResponse expected = etcd.watch().create(request);
    Optional<Apart> apart = compare(request, expected, ours.watch().create(request));
    if (apart.isEmpty() && !expected.getCanceled()) {
      open.add(new Open(request, expected.getWatchId()));
    }
    return apart;
  }

  /** Ends a watch after all of its events; does the same to one that there is not. */
  Optional<Apart> cancel(WatchCancelRequest request, long head) throws InterruptedException {
    Optional<Open> watch =
        open.stream().filter(candidate -> candidate.id() == request.getWatchId()).findFirst();
    if (watch.isPresent() && watch.get().request().getStartRevision() <= head) {
      Optional<Apart> apart = delivered(List.of(watch.get()));
      if (apart.isPresent()) {
        return apart;
      }
    }
    etcd.watch().cancel(request);
    ours.watch().cancel(request);
    if (watch.isEmpty()) {
      return Optional.empty();
    }
    open.remove(watch.get());
    return compare(
        request,
        etcd.watch().cancelled(request.getWatchId()),
        ours.watch().cancelled(request.getWatchId()));
  }

  /** Asks how far the stream is; {@link KnownDifference#PROGRESS_OF_NOTHING}. */
  Optional<Apart> progress(WatchProgressRequest request) throws InterruptedException {
    if (open.isEmpty()) {
      return Optional.empty();
    }
    Optional<Apart> apart = delivered(open);
    return apart.isPresent()
        ? apart
        : compare(request, etcd.watch().progress(), ours.watch().progress());
  }

  private static Optional<Apart> compare(
      Message request, WatchResponse theirs, WatchResponse given) {
    WatchResponse expected = Canonical.of(theirs);
    WatchResponse answered = Canonical.of(given);
    return expected.equals(answered)
        ? Optional.empty()
        : Optional.of(
            new Apart(request, new Answer.Response(expected), new Answer.Response(answered)));
  }

  /** Compares what all live watches have told so far. */
  Optional<Apart> delivered() throws InterruptedException {
    return delivered(open);
  }

  /** Ends the program: opens the watches that are left, and compares all that is told. */
  Optional<Apart> finish() throws InterruptedException {
    for (WatchCreateRequest request : late) {
      Optional<Apart> apart = create(request);
      if (apart.isPresent()) {
        return apart;
      }
    }
    Optional<Apart> apart = delivered(open);
    return apart.isPresent() ? apart : ends();
  }

  /** What ended, and nothing else: a cancel of what was not open is not answered. */
  private Optional<Apart> ends() {
    Map<Long, WatchResponse> expected = etcd.watch().cancels();
    Map<Long, WatchResponse> ended = ours.watch().cancels();
    return Stream.concat(expected.keySet().stream(), ended.keySet().stream())
        .map(id -> compare(cancelRequest(id), orNone(expected.get(id)), orNone(ended.get(id))))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static WatchCancelRequest cancelRequest(long id) {
    return WatchCancelRequest.newBuilder().setWatchId(id).build();
  }

  private static WatchResponse orNone(@Nullable WatchResponse response) {
    return response == null ? WatchResponse.getDefaultInstance() : response;
  }

  private Optional<Apart> delivered(List<Open> watches) throws InterruptedException {
    if (watches.isEmpty()) {
      return Optional.empty();
    }
    Set<ByteString> keys = watches.stream().map(Open::key).collect(Collectors.toSet());
    TxnRequest.Builder puts = TxnRequest.newBuilder();
    TxnRequest.Builder deletes = TxnRequest.newBuilder();
    for (ByteString key : keys) {
      puts.addSuccessBuilder().setRequestPut(PutRequest.newBuilder().setKey(key));
      deletes
          .addSuccessBuilder()
          .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(key));
    }
    long first =
        watches.stream().mapToLong(watch -> watch.request().getStartRevision()).max().orElse(0);
    long put;
    long deleted;
    do {
      put = write.applyAsLong(puts.build());
      deleted = write.applyAsLong(deletes.build());
    } while (put < first);
    for (Open watch : watches) {
      boolean untilPut = watch.request().getFiltersList().contains(FilterType.NODELETE);
      Optional<Apart> apart = told(watch, untilPut ? put : deleted);
      if (apart.isPresent()) {
        return apart;
      }
    }
    return Optional.empty();
  }

  private Optional<Apart> told(Open watch, long last) throws InterruptedException {
    List<Event> expected = comparable(etcd.named(etcd.watch().take(watch.id(), last)));
    Set<ByteString> putAtMark = putAtMark(expected);
    List<Event> told =
        comparable(ours.named(ours.watch().take(watch.id(), last))).stream()
            .filter(event -> !isAtMark(event) || putAtMark.contains(event.getKv().getKey()))
            .toList();
    int same = 0;
    while (same < Math.min(expected.size(), told.size())
        && expected.get(same).equals(told.get(same))) {
      same++;
    }
    Answer theirAnswer = watched(expected, same, etcd.watch().cancel(watch.id()));
    Answer ourAnswer = watched(told, same, ours.watch().cancel(watch.id()));
    return theirAnswer.equals(ourAnswer)
        ? Optional.empty()
        : Optional.of(new Apart(watch.request(), theirAnswer, ourAnswer));
  }

  /** What a watch told from where it differs. */
  private static Answer watched(List<Event> events, int from, WatchResponse cancel) {
    return new Answer.Watched(
        events.subList(from, events.size()), events.size(), Canonical.of(cancel));
  }

  /** {@link KnownDifference#TOMBSTONE_AT_MARK}, {@link KnownDifference#PREVIOUS_AT_MARK}. */
  private List<Event> comparable(List<Event> events) {
    return events.stream()
        .filter(event -> event.getType() == EventType.PUT || !isAtMark(event))
        .map(event -> isAtMark(event) ? event.toBuilder().clearPrevKv().build() : event)
        .toList();
  }

  /** {@link KnownDifference#DELETED_PUT_AT_MARK}: those that etcd still tells. */
  private Set<ByteString> putAtMark(List<Event> events) {
    return events.stream()
        .filter(this::isAtMark)
        .map(event -> event.getKv().getKey())
        .collect(Collectors.toSet());
  }

  private boolean isAtMark(Event event) {
    return event.getKv().getModRevision() == mark;
  }
}
