package io.metastore.app.grpc;

import io.grpc.Status;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.StorageException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gRPC status of each error code, made once: refusals are frequent under load. */
final class Statuses {
  private static final Logger LOG = LoggerFactory.getLogger(Statuses.class);
  private static final Map<ErrorCode, Status> BY_CODE = new EnumMap<>(ErrorCode.class);

  static {
    for (ErrorCode code : ErrorCode.values()) {
      BY_CODE.put(code, Status.fromCodeValue(code.status().value()).withDescription(code.text()));
    }
  }

  private Statuses() {}

  /** Status and text on the wire. */
  static Status of(ErrorCode code) {
    return BY_CODE.getOrDefault(code, Status.UNKNOWN);
  }

  /**
   * The status of a call's failure. One that no caller can cause is logged, and told as little of
   * as can be.
   */
  static Status of(@Nullable Throwable failure, String method) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof MetastoreException refused) {
      return of(refused.code());
    }
    if (cause instanceof StorageException) {
      // It names the file and what to do; where in the code it was met says nothing more.
      LOG.atError()
          .addKeyValue("method", method)
          .addKeyValue("because", cause.getMessage())
          .log("storage fails a call, answering INTERNAL");
      return Status.INTERNAL.withDescription("storage failure, see the server's log");
    }
    LOG.atError()
        .addKeyValue("method", method)
        .setCause(cause)
        .log("call failed unexpectedly, answering INTERNAL");
    return Status.INTERNAL.withDescription("internal error, see the server's log");
  }
}
