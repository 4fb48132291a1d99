package io.metastore.api;

/**
 * The request did nothing, and would do nothing again: it is wrong, or not possible in the present
 * state of the store.
 */
public final class RefusedException extends MetastoreException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates a failure.
   *
   * @param code what went wrong
   * @param message for people
   */
  public RefusedException(ErrorCode code, String message) {
    super(code, message);
  }
}
