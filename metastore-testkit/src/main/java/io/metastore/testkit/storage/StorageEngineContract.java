package io.metastore.testkit.storage;

import io.metastore.api.storage.StorageEngineProvider;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Nested;

/**
 * Every promise of the storage SPI as a test. An engine's own test class extends this one and names
 * the provider.
 */
public abstract class StorageEngineContract {
  /** Only for subclasses. */
  protected StorageEngineContract() {}

  /**
   * The engine under test; a fresh provider or always the same. Its class needs a no-argument
   * constructor, because child processes make their own.
   */
  protected abstract StorageEngineProvider provider();

  /**
   * True when a file in the engine's directory is part of the data. The kit damages such files and
   * expects that a refused {@code open} leaves them alone. An engine that keeps a lock file or a
   * log for people answers false for those.
   */
  protected boolean isData(Path file) {
    return true;
  }

  /**
   * Values, by the name of their setting, that the engine must refuse; none when it has no setting.
   * Each is tried alone.
   */
  protected Map<String, String> badSettings() {
    return Map.of();
  }

  @Nested
  final class Commits extends CommitContract {
    @Override
    StorageEngineProvider provider() {
      return StorageEngineContract.this.provider();
    }
  }

  @Nested
  final class Views extends ViewContract {
    @Override
    StorageEngineProvider provider() {
      return StorageEngineContract.this.provider();
    }
  }

  @Nested
  final class Scans extends ScanContract {
    @Override
    StorageEngineProvider provider() {
      return StorageEngineContract.this.provider();
    }
  }

  @Nested
  final class Durability extends DurabilityContract {
    @Override
    StorageEngineProvider provider() {
      return StorageEngineContract.this.provider();
    }

    @Override
    boolean isData(Path file) {
      return StorageEngineContract.this.isData(file);
    }
  }

  @Nested
  final class Checkpoints extends CheckpointContract {
    @Override
    StorageEngineProvider provider() {
      return StorageEngineContract.this.provider();
    }

    @Override
    boolean isData(Path file) {
      return StorageEngineContract.this.isData(file);
    }
  }

  @Nested
  final class Opening extends OpeningContract {
    @Override
    Map<String, String> badSettings() {
      return StorageEngineContract.this.badSettings();
    }

    @Override
    StorageEngineProvider provider() {
      return StorageEngineContract.this.provider();
    }

    @Override
    boolean isData(Path file) {
      return StorageEngineContract.this.isData(file);
    }
  }

  @Nested
  final class Concurrency extends ConcurrencyContract {
    @Override
    StorageEngineProvider provider() {
      return StorageEngineContract.this.provider();
    }
  }

  @Nested
  final class Crashes extends CrashContract {
    @Override
    StorageEngineProvider provider() {
      return StorageEngineContract.this.provider();
    }
  }

  @Nested
  final class Closing extends ClosingContract {
    @Override
    StorageEngineProvider provider() {
      return StorageEngineContract.this.provider();
    }
  }

  @Nested
  final class Faults extends FaultContract {
    @Override
    StorageEngineProvider provider() {
      return StorageEngineContract.this.provider();
    }
  }

  @Nested
  final class Threads extends ThreadContract {
    @Override
    StorageEngineProvider provider() {
      return StorageEngineContract.this.provider();
    }
  }

  @Nested
  final class AgainstModel extends ModelContract {
    @Override
    StorageEngineProvider provider() {
      return StorageEngineContract.this.provider();
    }
  }
}
