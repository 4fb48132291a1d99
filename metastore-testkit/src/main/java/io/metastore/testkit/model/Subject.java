package io.metastore.testkit.model;

import java.util.List;

/**
 * What is held against the model: one member with a log, empty at first. What is acknowledged is in
 * its log and survives everything. Belongs to one thread.
 */
public interface Subject extends AutoCloseable {
  /** How a subject is set up, as far as it shows. */
  record Limits(int txnOpsMax, long leaseTtlMin) {}

  /**
   * Executes commands that change something, all of them in one drain of the log, in their order.
   *
   * @return an answer for each
   */
  List<Answer> write(List<Command> drain);

  /** Executes one that does not. */
  Answer read(Command command);

  /**
   * What a watcher of every key, with what was there before, was told since the last call; it comes
   * back behind the last event after a crash.
   */
  List<KeyEvent> told();

  /** Makes what was written durable outside the log. */
  void flush();

  /** Loses what a crash may lose, at worst all since the last flush, and starts again. */
  void crash();

  /** Stops in good order and starts again. */
  void restart();

  /** Does one step of removing what is compacted, bounded by a number of changes to look at. */
  void purge(int changesMax);

  /** Checks what the API does not show, with an {@link AssertionError} when it is not right. */
  void verify(Model model);

  @Override
  void close();
}
