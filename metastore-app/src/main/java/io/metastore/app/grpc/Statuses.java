package io.metastore.app.grpc;

import io.grpc.Status;
import io.metastore.api.ErrorCode;
import java.util.EnumMap;
import java.util.Map;

/** The gRPC status of each error code, made once: refusals are frequent under load. */
final class Statuses {
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
}
