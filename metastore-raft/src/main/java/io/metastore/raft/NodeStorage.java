package io.metastore.raft;

import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageOptions;
import io.metastore.core.mvcc.PublishedView;
import io.metastore.core.mvcc.StoreMeta;
import io.metastore.core.mvcc.StoreState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** Opens a node's engine, and says in an operator's words why it cannot be used. */
final class NodeStorage {
  // Entries count from 0.
  private static final long NO_ENTRY = -1;

  private NodeStorage() {}

  /**
   * Opens the engine of a data directory.
   *
   * @throws StartException when it cannot be opened, or has applied a log that is gone
   * @throws IOException when the log cannot be read
   */
  static StorageEngine open(
      NodeOptions options, DataDirectory directory, DataDirectory.Identity identity)
      throws StartException, IOException {
    StorageEngine engine = openEngine(options, directory);
    try {
      requireLog(directory, identity, engine);
      return engine;
    } catch (StorageException e) {
      engine.close();
      throw unusable(options, directory, e);
    } catch (IOException | RuntimeException | StartException e) {
      engine.close();
      throw e;
    }
  }

  private static StorageEngine openEngine(NodeOptions options, DataDirectory directory)
      throws StartException {
    try {
      return options
          .storage()
          .open(new StorageOptions(directory.store(), options.storageSettings()));
    } catch (StorageException e) {
      throw unusable(options, directory, e);
    } catch (IllegalArgumentException e) {
      throw new StartException(
          "storage-option", settings(options), String.valueOf(e.getMessage()), e);
    } catch (LinkageError e) {
      throw new StartException(
          "storage",
          options.storage().name(),
          "cannot be used: it was made for another release of MetaStore or of Java (" + e + ")",
          e);
    }
  }

  private static StartException unusable(
      NodeOptions options, DataDirectory directory, StorageException e) throws StartException {
    return new StartException(
        "storage",
        options.storage().name(),
        "cannot open " + directory.store() + ": " + e.getMessage(),
        e);
  }

  private static String settings(NodeOptions options) {
    return options.storageSettings().entrySet().stream()
        .map(setting -> setting.getKey() + "=" + setting.getValue())
        .sorted()
        .collect(Collectors.joining(","));
  }

  /**
   * A store without its log must not start: acknowledged writes may be in the log alone. Nor must a
   * store with a log that ends before it: new entries would get numbers that were applied already.
   */
  private static void requireLog(
      DataDirectory directory, DataDirectory.Identity identity, StorageEngine engine)
      throws StartException, IOException {
    StoreState held;
    long installed;
    try (PublishedView view = StoreMeta.publish(engine)) {
      held = view.state();
      installed = StoreMeta.installedIndex(view.view());
    }
    if (RatisServer.hasLog(directory.log(), identity)) {
      long last = LogTail.repair(RatisIds.segments(directory.log(), identity)).orElse(NO_ENTRY);
      // Up to where an image ended the log need not reach.
      if (last < held.appliedIndex() && held.appliedIndex() > installed) {
        throw new StartException(
            "data-dir",
            directory.path().toString(),
            "the log "
                + directory.log()
                + " ends at entry "
                + last
                + ", but the store has applied entries up to "
                + held.appliedIndex()
                + ": the log is damaged, restore the directory from a backup");
      }
    } else if (held.appliedIndex() > 0) {
      throw new StartException(
          "data-dir",
          directory.path().toString(),
          "the log "
              + directory.log()
              + " is missing, but the store has applied entries up to "
              + held.appliedIndex()
              + ": restore the directory from a backup");
    }
  }

  /** Lets a data directory go after a start that failed, as it was before, and says why it did. */
  static StartException refused(DataDirectory directory, Path path, Exception because) {
    giveUp(directory, because);
    return because instanceof StartException refused
        ? refused
        : new StartException("data-dir", path.toString(), reason(because), because);
  }

  /** Leaves a directory as a start that failed found it. */
  static void giveUp(DataDirectory directory, Throwable because) {
    try (directory) {
      directory.undo();
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }

  private static String reason(Exception e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String innermost =
        cause instanceof IOException error
            ? FileErrors.words(error)
            : String.valueOf(cause.getMessage());
    return e.equals(cause) ? innermost : e.getMessage() + " (" + innermost + ")";
  }
}
