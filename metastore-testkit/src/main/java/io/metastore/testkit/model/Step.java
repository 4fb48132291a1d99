package io.metastore.testkit.model;

import java.util.List;

/** One step of a program. */
sealed interface Step {
  /** Commands that come to the store in one drain. */
  record Write(List<Command> drain) implements Step {}

  /** A read of the newest state. */
  record Read(Command command) implements Step {}

  /** What was written becomes durable. */
  record Flush() implements Step {}

  /** Whatever a crash may lose is lost. */
  record Crash() implements Step {}

  /** The store is stopped and started. */
  record Restart() implements Step {}

  /** One step of removing what is compacted. */
  record Purge(int changesMax) implements Step {}
}
