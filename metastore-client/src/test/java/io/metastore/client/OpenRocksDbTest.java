package io.metastore.client;

import io.metastore.api.Metastore;
import io.metastore.api.OpenOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A store in this JVM, with the rocksdb engine on a directory. */
final class OpenRocksDbTest extends ConcurrencyContract {
  @TempDir private static Path directory;
  private static Metastore opened;

  @BeforeAll
  static void open() {
    opened = Metastore.open(OpenOptions.at(directory.resolve("one")));
  }

  @AfterAll
  static void close() {
    opened.close();
  }

  @Override
  Metastore store() {
    return opened;
  }

  @Override
  Metastore another() {
    return Metastore.open(OpenOptions.at(directory.resolve("another")));
  }
}
