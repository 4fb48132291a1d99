package io.metastore.core;

/**
 * How deep transactions may lie in one another, and so messages: reading one, checking it and
 * running it each takes the stack that much deeper.
 *
 * <p>Every limit is wider than the one before it. What a member took in, every other must be able
 * to read from the log, and itself after a restart, or it stops for good.
 *
 * <pre>
 *   256 transactions  →  512 messages in a request  →  514 in a log entry, 520 allowed
 * </pre>
 */
public final class Nesting {
  /**
   * Transactions in one another, the outermost included. The operations that a transaction may have
   * by default, 128, allow 129.
   */
  public static final int TXNS_MAX = 256;

  /** Messages below a request: an operation and a transaction for each level, and its operation. */
  public static final int REQUEST_MESSAGES_MAX = 2 * TXNS_MAX;

  /** Messages below a log entry, where a request lies in a proposal; with some room. */
  public static final int ENTRY_MESSAGES_MAX = REQUEST_MESSAGES_MAX + 8;

  private Nesting() {}
}
