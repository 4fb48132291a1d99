package io.metastore.api.storage;

/**
 * A storage engine cannot do what it was asked: a full disk, a damaged file, a directory in use.
 * The message names the file or directory and what can be done. A node whose engine throws this out
 * of a commit stops.
 */
public final class StorageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates a failure that has no deeper cause. */
  public StorageException(String message) {
    super(message);
  }

  /** Creates a failure with its cause. */
  public StorageException(String message, Throwable cause) {
    super(message, cause);
  }
}
