package io.metastore.client;

import io.metastore.api.Metastore;
import io.metastore.api.OpenOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A store in this JVM, with the memory engine. */
final class OpenMemoryTest extends ConcurrencyContract {
  private static Metastore opened;

  @BeforeAll
  static void open() {
    opened = Metastore.open(OpenOptions.inMemory());
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
    return Metastore.open(OpenOptions.inMemory());
  }
}
