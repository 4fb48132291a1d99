package io.metastore.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.Metastore;
import io.metastore.api.OpenOptions;
import io.metastore.api.RefusedException;
import io.metastore.api.storage.StorageEngineProvider;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Engines are found whatever the thread's class loader is, and one that is broken harms none. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class EngineDiscoveryTest {
  @TempDir private Path folder;
  private final ClassLoader before = Thread.currentThread().getContextClassLoader();

  @AfterEach
  void restore() {
    Thread.currentThread().setContextClassLoader(before);
  }

  private static void assertWorks() {
    try (Metastore store = Metastore.open(OpenOptions.inMemory())) {
      store.put("/a", "1");
      assertEquals("1", store.get("/a").orElseThrow().valueText());
    }
  }

  @Test
  void threadWhoseLoaderKnowsNothingOpensAStore() {
    Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
    assertWorks();
  }

  @Test
  void brokenProviderIsIgnoredAndTold() throws Exception {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(
        services.resolve(StorageEngineProvider.class.getName()), "example.NotThereProvider\n");
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {folder.toUri().toURL()}, EngineDiscoveryTest.class.getClassLoader())) {
      Thread.currentThread().setContextClassLoader(loader);
      assertWorks();
      RefusedException refused =
          assertThrows(
              RefusedException.class,
              () -> Metastore.open(OpenOptions.inMemory().withStorage("papyrus")));
      String message = String.valueOf(refused.getMessage());
      assertTrue(message.contains("memory (built in)"), message);
      assertTrue(message.contains("is ignored") && message.contains("NotThereProvider"), message);
    }
  }
}
