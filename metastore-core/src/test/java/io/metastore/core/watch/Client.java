package io.metastore.core.watch;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.metastore.api.ErrorCode;
import io.metastore.core.message.Event;
import io.metastore.core.message.WatchCancelRequest;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchProgressRequest;
import io.metastore.core.message.WatchRequest;
import io.metastore.core.message.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A client of one stream, which can be told to take nothing for a while. */
final class Client implements WatchReceiver {
  private static final long DEADLINE_SECONDS = 20;

  private final BlockingQueue<WatchResponse> responses = new LinkedBlockingQueue<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final WatchStream stream;
  // How many responses it takes before it says that it is not ready.
  private volatile int credit = Integer.MAX_VALUE;
  private volatile Optional<ErrorCode> end = Optional.empty();

  Client(WatchHub hub) {
    stream = hub.stream(this);
  }

  @Override
  public boolean ready() {
    return credit > 0;
  }

  @Override
  public void send(WatchResponse response) {
    if (credit != Integer.MAX_VALUE) {
      credit = Math.max(0, credit - 1);
    }
    responses.add(response);
  }

  @Override
  public void more() {
    asked.incrementAndGet();
  }

  @Override
  public void end(ErrorCode reason) {
    end = Optional.of(reason);
  }

  /** Takes nothing from now on. */
  void stop() {
    credit = 0;
  }

  /** Takes everything from now on. */
  void go() {
    credit = Integer.MAX_VALUE;
    stream.ready();
  }

  /** Takes a few more responses. */
  void take(int count) {
    credit = count;
    stream.ready();
  }

  WatchStream stream() {
    return stream;
  }

  int askedForMore() {
    return asked.get();
  }

  Optional<ErrorCode> ended() {
    return end;
  }

  static WatchCreateRequest.Builder key(String key) {
    return WatchCreateRequest.newBuilder().setKey(WatchedStore.bytes(key));
  }

  static WatchCreateRequest.Builder range(String from, String to) {
    return key(from).setRangeEnd(WatchedStore.bytes(to));
  }

  void request(WatchCreateRequest.Builder request) {
    stream.request(WatchRequest.newBuilder().setCreateRequest(request).build());
  }

  /** Creates a watch and takes the answer. */
  WatchResponse create(WatchCreateRequest.Builder request) {
    request(request);
    WatchResponse created = next();
    assertTrue(created.getCreated(), () -> "not created: " + created);
    return created;
  }

  void cancel(long id) {
    stream.request(
        WatchRequest.newBuilder()
            .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(id))
            .build());
  }

  void askForProgress() {
    stream.request(
        WatchRequest.newBuilder()
            .setProgressRequest(WatchProgressRequest.getDefaultInstance())
            .build());
  }

  /** The next response, waited for. */
  WatchResponse next() {
    try {
      WatchResponse response = responses.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
      return response == null ? fail("no response came") : response;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return fail(e);
    }
  }

  /** The next events, over as many responses as it takes. */
  List<Event> events(int count) {
    List<Event> events = new ArrayList<>();
    while (events.size() < count) {
      events.addAll(next().getEventsList());
    }
    return events;
  }

  /** What came and was not looked at. */
  int unread() {
    return responses.size();
  }

  /** Everything that came and was not looked at. */
  List<WatchResponse> drain() {
    List<WatchResponse> all = new ArrayList<>();
    responses.drainTo(all);
    return all;
  }
}
