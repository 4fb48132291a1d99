package io.metastore.core.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ErrorCode;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchProgressRequest;
import io.metastore.core.message.WatchRequest;
import io.metastore.core.message.WatchResponse;
import io.metastore.core.watch.WatchHub;
import io.metastore.core.watch.WatchReceiver;
import io.metastore.core.watch.WatchStream;
import io.metastore.testkit.model.Answer;
import io.metastore.testkit.model.KeyEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One watch on a stream of its own, asked for what it has by asking it for its progress. */
final class WatchCollector implements WatchReceiver, AutoCloseable {
  private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(20);

  /** A notice that is asked for too early is not given; a little later it is asked for again. */
  private static final long ASK_AGAIN_MILLIS = 1;

  private static final long OF_ALL = -1;

  private final BlockingQueue<WatchResponse> responses = new LinkedBlockingQueue<>();
  private final WatchStream stream;

  WatchCollector(WatchHub hub, WatchCreateRequest request) {
    stream = hub.stream(this);
    stream.request(WatchRequest.newBuilder().setCreateRequest(request).build());
    WatchResponse created = next(DEADLINE_NANOS);
    assertTrue(created.getCreated() && !created.getCanceled(), created::toString);
  }

  /** All events up to a revision since the last call. */
  Answer upTo(long revision) {
    List<KeyEvent> told = new ArrayList<>();
    long start = System.nanoTime();
    stream.request(
        WatchRequest.newBuilder()
            .setProgressRequest(WatchProgressRequest.getDefaultInstance())
            .build());
    while (System.nanoTime() - start < DEADLINE_NANOS) {
      WatchResponse response = next(TimeUnit.MILLISECONDS.toNanos(ASK_AGAIN_MILLIS));
      if (response.getCanceled()) {
        return new Answer.Lost(response.getCompactRevision());
      }
      response.getEventsList().forEach(event -> told.add(Answers.event(event)));
      if (response.getWatchId() == OF_ALL && response.getHeader().getRevision() >= revision) {
        return new Answer.Told(told);
      }
      if (response.equals(WatchResponse.getDefaultInstance())) {
        stream.request(
            WatchRequest.newBuilder()
                .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                .build());
      }
    }
    throw new AssertionError("no notice of progress came; so far " + told);
  }

  /** The next response; the default one when none has come in time. */
  private WatchResponse next(long nanos) {
    try {
      WatchResponse response = responses.poll(nanos, TimeUnit.NANOSECONDS);
      return response == null ? WatchResponse.getDefaultInstance() : response;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public boolean ready() {
    return true;
  }

  @Override
  public void send(WatchResponse response) {
    responses.add(response);
  }

  @Override
  public void more() {}

  @Override
  public void end(ErrorCode reason) {}

  @Override
  public void close() {
    stream.close();
  }
}
