package io.metastore.raft;

import java.util.Optional;

/**
 * A node cannot start with the options it was given. The message is one line that names the
 * setting, its value and what is allowed or what to do; nothing was changed on disk.
 */
public final class StartException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Empty when the message stands for itself. */
  private final String setting;

  private final String reason;

  /** Creates a refusal that is no single setting's. */
  public StartException(String message) {
    super(message);
    this.setting = "";
    this.reason = message;
  }

  /** Creates a refusal that is no single setting's, with its cause. */
  public StartException(String message, Throwable cause) {
    super(message, cause);
    this.setting = "";
    this.reason = message;
  }

  /**
   * Creates a refusal of a setting's value.
   *
   * @param setting its name, as its flag has it
   * @param reason what is wrong and what to do; stands behind setting and value and a colon
   */
  public StartException(String setting, String value, String reason) {
    super(setting + "=" + value + ": " + reason);
    this.setting = setting;
    this.reason = reason;
  }

  /** Creates a refusal of a setting's value, with its cause. */
  public StartException(String setting, String value, String reason, Throwable cause) {
    super(setting + "=" + value + ": " + reason, cause);
    this.setting = setting;
    this.reason = reason;
  }

  /** The setting whose value cannot be used, if it is one's. */
  public Optional<String> setting() {
    return setting.isEmpty() ? Optional.empty() : Optional.of(setting);
  }

  /** What is wrong, without the setting: whoever knows where it was written puts that in front. */
  public String reason() {
    return reason;
  }
}
