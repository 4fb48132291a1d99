package io.metastore.app.differential;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.Message;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.metastore.app.grpc.stub.KVGrpc;
import io.metastore.app.grpc.stub.WatchGrpc;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.TxnRequest;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One of the two servers that are compared, as its client sees it. */
final class Subject implements Duel.Server, AutoCloseable {
  private static final long DEADLINE_SECONDS = 60;

  /** A range may answer with several of the largest values. */
  private static final int RESPONSE_BYTES_MAX = 256 << 20;

  private final ManagedChannel channel;
  private final KVGrpc.KVFutureStub kv;

  Subject(int port) {
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .usePlaintext()
            .maxInboundMessageSize(RESPONSE_BYTES_MAX)
            .directExecutor()
            .build();
    kv = KVGrpc.newFutureStub(channel).withWaitForReady();
  }

  @Override
  public WatchStream watch() {
    return new WatchStream(WatchGrpc.newStub(channel));
  }

  @Override
  public CompletableFuture<Answer> call(Message request) {
    KVGrpc.KVFutureStub timed = kv.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    return switch (request) {
      case RangeRequest range -> answer(timed.range(range));
      case PutRequest put -> answer(timed.put(put));
      case DeleteRangeRequest delete -> answer(timed.deleteRange(delete));
      case CompactionRequest compaction -> answer(timed.compact(compaction));
      case TxnRequest txn -> answer(timed.txn(txn));
      default -> throw new IllegalArgumentException("no method takes " + request);
    };
  }

  private static CompletableFuture<Answer> answer(ListenableFuture<? extends Message> call) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    Futures.addCallback(
        call,
        new FutureCallback<Message>() {
          @Override
          public void onSuccess(Message response) {
            answer.complete(new Answer.Response(response));
          }

          @Override
          public void onFailure(Throwable failure) {
            Status status = Status.fromThrowable(failure);
            String text = Objects.requireNonNullElse(status.getDescription(), "");
            answer.complete(new Answer.Refusal(status.getCode().name(), text));
          }
        },
        MoreExecutors.directExecutor());
    return answer;
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
