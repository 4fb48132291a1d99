package io.metastore.api;

/**
 * The request did nothing because the store cannot answer at the moment; it may be sent again. So
 * do reads fail that meet a failure of the storage, with {@link ErrorCode#OTHER} and a message that
 * says what it was.
 */
public final class UnavailableException extends MetastoreException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates a failure.
   *
   * @param code what went wrong
   * @param message for people
   */
  public UnavailableException(ErrorCode code, String message) {
    super(code, message);
  }
}
