package io.metastore.api;

/**
 * A request was refused or failed for a reason that the caller or the state of the cluster gave. It
 * carries no stack trace: the code says it all, and refusals are frequent.
 */
public final class MetastoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  /** Creates a failure with the text of its code. */
  public MetastoreException(ErrorCode code) {
    super(code.text(), null, false, false);
    this.code = code;
  }

  /** What went wrong. */
  public ErrorCode code() {
    return code;
  }
}
