package io.metastore.api;

/**
 * The answer did not come: the request may have been done, or be done yet, or never. Whoever sends
 * it again must know that twice does no harm; a {@link Txn} that compares revisions makes sure. So
 * do writes fail that meet a failure of the storage, with {@link ErrorCode#OTHER} and a message
 * that says what it was.
 */
public final class UnknownOutcomeException extends MetastoreException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates a failure.
   *
   * @param code what went wrong
   * @param message for people
   */
  public UnknownOutcomeException(ErrorCode code, String message) {
    super(code, message);
  }
}
