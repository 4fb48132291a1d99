package io.metastore.raft;

/**
 * A node cannot start with the options it was given. The message is one line that names the
 * setting, its value and what is allowed or what to do; nothing was changed on disk.
 */
public final class StartException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Creates a refusal. */
  public StartException(String message) {
    super(message);
  }

  /** Creates a refusal with its cause. */
  public StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
