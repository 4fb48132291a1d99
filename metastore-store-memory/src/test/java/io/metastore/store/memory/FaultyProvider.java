package io.metastore.store.memory;

import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageOptions;
import io.metastore.api.storage.WriteBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Makes engines with a fault. */
class FaultyProvider implements StorageEngineProvider {
  /** A setting that takes numbers. */
  static final String SETTING = "size";

  private final MemoryEngineProvider provider = new MemoryEngineProvider();
  private final Fault fault;

  FaultyProvider(Fault fault) {
    this.fault = fault;
    if (fault == Fault.PROVIDER_STARTS_A_THREAD) {
      FaultyEngine.leaveThread(Thread.ofPlatform().daemon(), this);
    }
  }

  /** The provider for a fault; of a class of its own where a child process makes another one. */
  static StorageEngineProvider of(Fault fault) {
    return switch (fault) {
      case FAILED_COMMIT_IS_SEEN -> new FailedCommitIsSeen();
      case CHECKPOINT_IN_TWO_STEPS -> new CheckpointInTwoSteps();
      case RESTORE_IN_TWO_STEPS -> new RestoreInTwoSteps();
      default -> new FaultyProvider(fault);
    };
  }

  /** For a child process. */
  static final class FailedCommitIsSeen extends FaultyProvider {
    FailedCommitIsSeen() {
      super(Fault.FAILED_COMMIT_IS_SEEN);
    }
  }

  /** For a child process. */
  static final class CheckpointInTwoSteps extends FaultyProvider {
    CheckpointInTwoSteps() {
      super(Fault.CHECKPOINT_IN_TWO_STEPS);
    }
  }

  /** For a child process. */
  static final class RestoreInTwoSteps extends FaultyProvider {
    RestoreInTwoSteps() {
      super(Fault.RESTORE_IN_TWO_STEPS);
    }
  }

  @Override
  public String name() {
    return "faulty";
  }

  @Override
  public String version() {
    return "0";
  }

  @Override
  public StorageEngine open(StorageOptions options) {
    if (fault == Fault.OPEN_FORGETS_INTERRUPTS) {
      var unused = Thread.interrupted();
    }
    boolean blind = fault == Fault.SETTINGS_IGNORED || fault == Fault.SETTING_VALUES_IGNORED;
    StorageOptions used =
        blind
            ? StorageOptions.of(options.directory())
            : new StorageOptions(options.directory(), checked(options.settings()));
    return new FaultyEngine(fault, provider.open(used), options.directory());
  }

  private static Map<String, String> checked(Map<String, String> settings) {
    String value = settings.getOrDefault(SETTING, "0");
    if (!value.matches("[0-9]+")) {
      throw new IllegalArgumentException(SETTING + " is " + value + "; allowed: a number");
    }
    return settings.containsKey(SETTING) ? Map.of() : settings;
  }

  @Override
  public void restore(Path checkpoint, Path directory) {
    switch (fault) {
      case CHECKPOINT_UNCHECKED, RESTORE_OVERWRITES -> copy(checkpoint, directory);
      case RESTORE_IN_TWO_STEPS -> restoreInTwoSteps(checkpoint, directory);
      case RESTORE_FAILS_INTERRUPTED -> {
        if (Thread.currentThread().isInterrupted()) {
          throw new StorageException("cannot restore " + directory + ": interrupted");
        }
        provider.restore(checkpoint, directory);
      }
      case RESTORE_FAILS_LIKE_THE_JDK -> {
        try {
          Files.createDirectories(directory);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        provider.restore(checkpoint, directory);
      }
      default -> provider.restore(checkpoint, directory);
    }
  }

  private static void copy(Path checkpoint, Path directory) {
    try {
      Files.createDirectories(directory);
      byte[] image = Files.readAllBytes(StoreDirectory.image(checkpoint));
      Files.write(StoreDirectory.image(directory), image);
    } catch (IOException e) {
      throw new StorageException("cannot restore " + checkpoint + " to " + directory, e);
    }
  }

  /** First a store with something in it, then the right one. */
  private void restoreInTwoSteps(Path checkpoint, Path directory) {
    Path part = directory.resolveSibling(directory.getFileName() + ".part");
    try {
      Files.createDirectories(part);
      try (StorageEngine engine = provider.open(StorageOptions.of(part))) {
        WriteBatch batch = new WriteBatch();
        batch.put(Keyspace.CURRENT, new byte[] {1}, new byte[] {1});
        engine.commit(batch);
        engine.flush();
      }
      Files.move(part, directory);
    } catch (IOException e) {
      throw new StorageException("cannot restore to " + directory, e);
    }
    FaultyEngine.awaitKill();
    copy(checkpoint, directory);
  }
}
