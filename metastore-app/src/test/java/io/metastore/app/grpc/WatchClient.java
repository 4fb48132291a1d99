package io.metastore.app.grpc;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.metastore.app.grpc.stub.WatchGrpc;
import io.metastore.core.message.WatchRequest;
import io.metastore.core.message.WatchResponse;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** One stream of watches over gRPC. */
final class WatchClient
    implements ClientResponseObserver<WatchRequest, WatchResponse>, AutoCloseable {
  private static final long DEADLINE_SECONDS = 20;

  private final BlockingQueue<WatchResponse> responses = new LinkedBlockingQueue<>();
  private final CompletableFuture<Status> end = new CompletableFuture<>();
  private final CompletableFuture<ClientCallStreamObserver<WatchRequest>> call =
      new CompletableFuture<>();

  private WatchClient() {}

  static WatchClient open(WatchGrpc.WatchStub stub) {
    WatchClient client = new WatchClient();
    var unused = stub.watch(client);
    return client;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<WatchRequest> requests) {
    call.complete(requests);
  }

  @Override
  public void onNext(WatchResponse response) {
    responses.add(response);
  }

  @Override
  public void onError(Throwable failure) {
    end.complete(Status.fromThrowable(failure));
  }

  @Override
  public void onCompleted() {
    end.complete(Status.OK);
  }

  void send(WatchRequest request) {
    call.join().onNext(request);
  }

  void halfClose() {
    call.join().onCompleted();
  }

  WatchResponse next() throws InterruptedException {
    WatchResponse response = responses.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
    assertNotNull(response, () -> "no response came, status " + status());
    return response;
  }

  Optional<Status> status() {
    return Optional.ofNullable(end.getNow(null));
  }

  Status awaitStatus() throws Exception {
    return end.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  static void await(BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()
        && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS)) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
    }
    assertTrue(condition.getAsBoolean(), "did not come true in time");
  }

  @Override
  public void close() {
    call.join().cancel("the test is over", null);
  }
}
