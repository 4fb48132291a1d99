package io.metastore.app.differential;

import io.grpc.stub.StreamObserver;
import io.metastore.app.grpc.stub.LeaseGrpc;
import io.metastore.core.message.LeaseKeepAliveRequest;
import io.metastore.core.message.LeaseKeepAliveResponse;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The stream of renewals of one server, which answers each in its turn and goes on after one of a
 * lost lease. Used by one thread.
 */
final class KeepAlives implements StreamObserver<LeaseKeepAliveResponse> {
  private final Queue<CompletableFuture<Answer>> waiting = new ConcurrentLinkedQueue<>();
  private final StreamObserver<LeaseKeepAliveRequest> requests;

  KeepAlives(LeaseGrpc.LeaseStub stub) {
    requests = stub.leaseKeepAlive(this);
  }

  CompletableFuture<Answer> call(LeaseKeepAliveRequest request) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    waiting.add(answer);
    requests.onNext(request);
    return answer;
  }

  @Override
  public void onNext(LeaseKeepAliveResponse response) {
    waiting.remove().complete(new Answer.Response(response));
  }

  @Override
  public void onError(Throwable failure) {
    waiting.forEach(answer -> answer.complete(Answer.Refusal.of(failure)));
  }

  @Override
  public void onCompleted() {
    onError(new IllegalStateException("the stream of renewals ended"));
  }
}
