package io.metastore.api;

/**
 * A request was refused or failed for a reason that the caller or the state of the cluster gave.
 * The kinds differ in what the caller may do next; {@link #code()} says what it was.
 *
 * <p>It carries no stack trace: the code says it all, and refusals are frequent.
 */
public abstract sealed class MetastoreException extends RuntimeException
    permits RefusedException, UnavailableException, UnknownOutcomeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  private final ErrorCode code;

  MetastoreException(ErrorCode code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  /** The failure with a code, of the kind that is safe to assume of a write. */
  public static MetastoreException of(ErrorCode code) {
    return of(code, code.text());
  }

  /**
   * The failure with a code, of the kind that is safe to assume of a write.
   *
   * @param message for people
   */
  public static MetastoreException of(ErrorCode code, String message) {
    return switch (code) {
      case TIMEOUT,
          TIMEOUT_DUE_TO_LEADER_FAIL,
          TIMEOUT_DUE_TO_CONNECTION_LOST,
          TIMEOUT_WAIT_APPLIED_INDEX,
          CANCELED,
          DEADLINE_EXCEEDED ->
          new UnknownOutcomeException(code, message);
      case NO_LEADER,
          NOT_LEADER,
          LEADER_CHANGED,
          LEARNER_NOT_READY,
          REQUEST_TOO_MANY_REQUESTS,
          STOPPED,
          UNHEALTHY ->
          new UnavailableException(code, message);
      // Everything else: a new code refuses until somebody says otherwise.
      default -> new RefusedException(code, message);
    };
  }

  /** What went wrong. */
  public ErrorCode code() {
    return code;
  }
}
