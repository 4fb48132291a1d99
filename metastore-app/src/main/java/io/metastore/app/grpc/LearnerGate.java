package io.metastore.app.grpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.metastore.api.ErrorCode;
import io.metastore.app.grpc.stub.KVGrpc;
import io.metastore.app.grpc.stub.MaintenanceGrpc;
import io.metastore.core.message.RangeRequest;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Refuses what a learner does not answer: all but its status, its snapshot and serializable reads
 * (behaviour 81 of the contract; etcd {@code v3rpc/util.go}, isRPCSupportedForLearner).
 *
 * <p>Thread-safe.
 */
final class LearnerGate implements ServerInterceptor {
  private static final Set<String> ANSWERED =
      Set.of(
          MaintenanceGrpc.getStatusMethod().getFullMethodName(),
          MaintenanceGrpc.getSnapshotMethod().getFullMethodName());

  private static final String RANGE = KVGrpc.getRangeMethod().getFullMethodName();

  private final BooleanSupplier learner;

  /**
   * Creates the gate of a member.
   *
   * @param learner whether it is one at this moment
   */
  LearnerGate(BooleanSupplier learner) {
    this.learner = learner;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    String method = call.getMethodDescriptor().getFullMethodName();
    if (!learner.getAsBoolean() || ANSWERED.contains(method)) {
      return next.startCall(call, headers);
    }
    if (method.equals(RANGE)) {
      return new OnlySerializable<>(next.startCall(call, headers), call);
    }
    refuse(call);
    return new ServerCall.Listener<>() {};
  }

  private static void refuse(ServerCall<?, ?> call) {
    Status status = Statuses.of(ErrorCode.NOT_SUPPORTED_FOR_LEARNER);
    call.close(status, new Metadata());
  }

  /** Lets the call go on only when its message asks for a serializable read. */
  private static final class OnlySerializable<Q> extends SimpleForwardingServerCallListener<Q> {
    private final ServerCall<Q, ?> call;
    private boolean refused;

    OnlySerializable(ServerCall.Listener<Q> listener, ServerCall<Q, ?> call) {
      super(listener);
      this.call = call;
    }

    @Override
    public void onMessage(Q message) {
      if (message instanceof RangeRequest range && !range.getSerializable()) {
        refused = true;
        refuse(call);
      } else {
        super.onMessage(message);
      }
    }

    @Override
    public void onHalfClose() {
      if (!refused) {
        super.onHalfClose();
      }
    }
  }
}
