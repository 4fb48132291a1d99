package io.metastore.app.watching;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.metastore.app.grpc.stub.WatchGrpc.WatchStub;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchCreateRequest.FilterType;
import io.metastore.core.message.WatchProgressRequest;
import io.metastore.core.message.WatchRequest;
import io.metastore.core.message.WatchResponse;
import io.metastore.testkit.model.Command.Watch;
import io.metastore.testkit.model.KeyEvent;
import io.metastore.testkit.watch.RecordedWatch;
import io.metastore.testkit.watch.RecordedWatch.Part;
import io.metastore.testkit.watch.RecordedWatch.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A watch that opens a new stream whenever the one it has breaks, behind the last revision of which
 * it has seen all. It records every response, and asks for its progress when it hears nothing.
 *
 * <p>{@link #run} belongs to a thread of its own; the rest may be called from any.
 */
final class ReconnectingWatch implements Runnable {
  private static final long QUIET_MILLIS = 20;

  private final WatchStub stub;
  private final Watch asked;
  private final boolean fragments;
  // Written by the thread that runs, read when it has ended.
  private final List<Part> parts = new ArrayList<>();
  private volatile long complete;
  private volatile long end = Long.MAX_VALUE;
  private volatile boolean breaking;

  ReconnectingWatch(WatchStub stub, Watch asked, boolean fragments) {
    this.stub = stub;
    this.asked = asked;
    this.fragments = fragments;
    this.complete = asked.from() - 1;
  }

  /** Breaks the stream that it has. */
  void breakStream() {
    breaking = true;
  }

  /** Ends when everything up to a revision has come. */
  void endAt(long revision) {
    end = revision;
  }

  /** What was recorded, when the run is over. */
  RecordedWatch recorded() {
    return new RecordedWatch(asked, parts);
  }

  @Override
  public void run() {
    try {
      while (complete < end) {
        parts.add(stream(complete + 1));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Watches on one stream, until it breaks or all has come. */
  private Part stream(long from) throws InterruptedException {
    Stream stream = new Stream();
    var unused = stub.watch(stream);
    List<Response> responses = new ArrayList<>();
    try {
      stream.send(WatchRequest.newBuilder().setCreateRequest(request(from)).build());
      while (complete < end && !breaking) {
        WatchResponse message = stream.responses.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS);
        if (message == null) {
          stream.send(
              WatchRequest.newBuilder()
                  .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                  .build());
        } else if (message.equals(Stream.BROKEN)) {
          break;
        } else if (message.getCanceled()) {
          throw new AssertionError("canceled: " + message);
        } else if (!message.getCreated()) {
          add(message, responses);
        }
      }
    } finally {
      breaking = false;
      stream.cancel();
    }
    return new Part(from, responses);
  }

  private void add(WatchResponse message, List<Response> responses) {
    List<KeyEvent> events = message.getEventsList().stream().map(Wire::event).toList();
    Response response =
        new Response(message.getHeader().getRevision(), events, message.getFragment());
    responses.add(response);
    long newest = response.isBookmark() ? response.revision() : events.getLast().revision();
    complete = Math.max(complete, response.fragment() ? newest - 1 : newest);
  }

  private WatchCreateRequest request(long from) {
    WatchCreateRequest.Builder request =
        WatchCreateRequest.newBuilder()
            .setKey(Wire.bytes(asked.keys().key()))
            .setRangeEnd(Wire.bytes(asked.keys().end()))
            .setStartRevision(from)
            .setPrevKv(asked.prevKv())
            .setFragment(fragments);
    if (!asked.puts()) {
      request.addFilters(FilterType.NOPUT);
    }
    if (!asked.deletes()) {
      request.addFilters(FilterType.NODELETE);
    }
    return request.build();
  }

  /** What comes on one stream. */
  private static final class Stream implements ClientResponseObserver<WatchRequest, WatchResponse> {
    /** Of a watch that no server makes. */
    static final WatchResponse BROKEN = WatchResponse.newBuilder().setWatchId(-2).build();

    final BlockingQueue<WatchResponse> responses = new LinkedBlockingQueue<>();
    private @Nullable ClientCallStreamObserver<WatchRequest> requests;

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> call) {
      requests = call;
    }

    void send(WatchRequest request) {
      if (requests != null) {
        requests.onNext(request);
      }
    }

    void cancel() {
      if (requests != null) {
        requests.cancel("not needed any more", null);
      }
    }

    @Override
    public void onNext(WatchResponse response) {
      responses.add(response);
    }

    @Override
    public void onError(Throwable failure) {
      responses.add(BROKEN);
    }

    @Override
    public void onCompleted() {
      responses.add(BROKEN);
    }
  }
}
