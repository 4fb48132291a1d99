package io.metastore.client;

import io.grpc.Status;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.UnavailableException;
import io.metastore.api.UnknownOutcomeException;
import java.nio.channels.ClosedChannelException;

/** What a gRPC status means to whoever called. */
final class Failures {
  private Failures() {}

  /**
   * The failure of a call.
   *
   * @param sent whether the request left, and may have been done
   */
  static MetastoreException of(Status status, boolean sent) {
    ErrorCode code = code(status);
    String description = status.getDescription();
    String message = description == null ? status.getCode().name() : description;
    MetastoreException failure = MetastoreException.of(code, message);
    if (!sent && failure instanceof UnknownOutcomeException) {
      return new UnavailableException(code, message);
    }
    if (code == ErrorCode.OTHER && isServersFault(status)) {
      return sent
          ? new UnknownOutcomeException(code, message)
          : new UnavailableException(code, message);
    }
    // A server of etcd's that stops says so also of requests that are in the log already.
    return sent && code == ErrorCode.STOPPED ? new UnknownOutcomeException(code, message) : failure;
  }

  /** The code of a status: etcd's by its text, or else what comes near. */
  static ErrorCode code(Status status) {
    String text = status.getDescription();
    ErrorCode code = text == null ? ErrorCode.OTHER : ErrorCode.ofText(text);
    if (code != ErrorCode.OTHER) {
      return code;
    }
    if (isConnectionLost(status)) {
      return ErrorCode.TIMEOUT_DUE_TO_CONNECTION_LOST;
    }
    return switch (status.getCode()) {
      case DEADLINE_EXCEEDED -> ErrorCode.TIMEOUT;
      case CANCELLED -> ErrorCode.CANCELED;
      case RESOURCE_EXHAUSTED -> ErrorCode.REQUEST_TOO_LARGE;
      case PERMISSION_DENIED -> ErrorCode.PERMISSION_DENIED;
      case UNAUTHENTICATED -> ErrorCode.INVALID_AUTH_TOKEN;
      // These have no meaning of their own in etcd.
      default -> ErrorCode.OTHER;
    };
  }

  /** Whether something failed that no request can cause, such as the server's storage. */
  private static boolean isServersFault(Status status) {
    return switch (status.getCode()) {
      case INTERNAL, UNKNOWN, DATA_LOSS, ABORTED -> true;
      default -> false;
    };
  }

  /** Whether a stream may be opened again, perhaps elsewhere: a broken one looks so, too. */
  static boolean passes(Status status) {
    return isConnectionLost(status) || status.getCode() == Status.Code.INTERNAL;
  }

  /** Whether the connection broke, or the server has left it. */
  static boolean isConnectionLost(Status status) {
    return status.getCode() == Status.Code.UNAVAILABLE
        // What gRPC says of a call that begins while the connection breaks.
        || (status.getCode() == Status.Code.UNKNOWN
            && status.getCause() instanceof ClosedChannelException);
  }
}
