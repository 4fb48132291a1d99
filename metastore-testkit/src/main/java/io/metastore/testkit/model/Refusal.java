package io.metastore.testkit.model;

import io.metastore.api.ErrorCode;

/** Ends a command before it has changed anything; never leaves the model. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ErrorCode code;

  Refusal(ErrorCode code) {
    super(code.text());
    this.code = code;
  }

  ErrorCode code() {
    return code;
  }

  /** Refuses when a condition holds. */
  static void when(boolean condition, ErrorCode code) {
    if (condition) {
      throw new Refusal(code);
    }
  }
}
