package io.metastore.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

final class EngineCheckTest {
  /** The memory engine, but for how it opens. */
  private record Changed(UnaryOperator<StorageEngine> change) implements StorageEngineProvider {
    private static StorageEngineProvider memory() {
      return ServiceLoader.load(StorageEngineProvider.class).stream()
          .map(ServiceLoader.Provider::get)
          .filter(provider -> provider.name().equals("memory"))
          .findFirst()
          .orElseThrow();
    }

    @Override
    public String name() {
      return "changed";
    }

    @Override
    public String version() {
      return "1";
    }

    @Override
    public StorageEngine open(StorageOptions options) {
      return change.apply(memory().open(options));
    }

    @Override
    public void restore(Path checkpoint, Path directory) {
      memory().restore(checkpoint, directory);
    }
  }

  private static Optional<String> failure(UnaryOperator<StorageEngine> change) throws Exception {
    return EngineCheck.failure(new Changed(change));
  }

  @Test
  void engineThatWorksHasNoFailure() throws Exception {
    assertEquals(Optional.empty(), failure(engine -> engine));
  }

  /** What is flushed is gone: each open begins anew. */
  @Test
  void engineThatForgetsIsFound() throws Exception {
    AtomicInteger opens = new AtomicInteger();
    StorageEngineProvider forgets =
        new StorageEngineProvider() {
          @Override
          public String name() {
            return "forgets";
          }

          @Override
          public String version() {
            return "1";
          }

          @Override
          public StorageEngine open(StorageOptions options) {
            Path directory = options.directory().resolve(String.valueOf(opens.incrementAndGet()));
            return Changed.memory().open(StorageOptions.of(create(directory)));
          }

          @Override
          public void restore(Path checkpoint, Path directory) {
            Changed.memory().restore(checkpoint, directory);
          }
        };
    assertEquals(Optional.of("what was committed is not read back"), EngineCheck.failure(forgets));
    assertEquals(2, opens.get());
  }

  private static Path create(Path directory) {
    try {
      return Files.createDirectory(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void libraryThatIsMissingIsNamedInOneLine() throws Exception {
    Optional<String> found =
        failure(
            engine -> {
              engine.close();
              throw new UnsatisfiedLinkError("no such library:\nlibtape.so");
            });
    assertEquals(Optional.of("java.lang.UnsatisfiedLinkError: no such library:"), found);
  }

  @Test
  void failureOfTheEngineIsItsMessage() throws Exception {
    Optional<String> found =
        failure(
            engine -> {
              engine.close();
              throw new StorageException("the tape is at its end");
            });
    assertEquals(Optional.of("the tape is at its end"), found);
  }
}
