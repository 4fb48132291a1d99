package io.metastore.app.config;

/**
 * A setting cannot be used. The message is one line that names the setting as the operator wrote it
 * (flag, environment variable or file and key), its value, and what is allowed.
 */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Creates a refusal. */
  public ConfigException(String message) {
    super(message);
  }
}
