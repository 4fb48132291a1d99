package io.metastore.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageOptions;
import io.metastore.api.storage.StorageView;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** Who may open what. */
abstract class OpeningContract extends EngineCase {
  @Test
  void providerHasANameAndAVersion() {
    assertTrue(provider().name().matches("[a-z][a-z0-9-]*"), provider().name());
    assertFalse(provider().version().isBlank(), "version is blank");
  }

  @Test
  void providerIsFoundByServiceLoader() {
    assertTrue(
        ServiceLoader.load(StorageEngineProvider.class).stream()
            .anyMatch(found -> found.type() == provider().getClass()),
        provider().getClass() + " is not declared as a service");
  }

  @Test
  void secondOpenInThisProcessIsRefused() {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 10);
    for (int i = 0; i < 2; i++) {
      assertRefused(directory(), () -> open().close());
    }
    commitNumbered(engine, 11, 20);
    engine.flush();
    engine.close();
    try (StorageView view = open().view()) {
      NumberedBatches.after(20).assertIn(view, "reopened");
    }
  }

  @Test
  void openInAnotherProcessIsRefused() throws Exception {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 10);
    engine.flush();
    // Behind a refused second open, which must not have dropped the first one's lock.
    assertRefused(directory(), () -> open().close());
    String answer = openInChild();
    assertTrue(answer.startsWith(Child.REFUSED), answer);
    assertTrue(answer.contains(directory().toString()), answer);
    commitNumbered(engine, 11, 20);
    engine.flush();
    engine.close();
    assertEquals(Child.OPENED + 20, openInChild());
  }

  private String openInChild() throws Exception {
    Process child = Child.start(provider(), directory(), Child.Task.NOTHING, temp);
    try {
      return new Child.Lines(child).next();
    } finally {
      child.waitFor();
    }
  }

  @Test
  void sameDirectoryByAnotherPathIsRefused() throws IOException {
    Path link = temp.resolve("link");
    Files.createSymbolicLink(link, directory());
    StorageEngine engine = open();
    assertThrows(StorageException.class, () -> open(link).close());
    engine.close();
    open(link).close();
  }

  @Test
  void twoStoresAreIndependent() throws IOException {
    Path other = Files.createDirectory(temp.resolve("other"));
    StorageEngine one = open();
    StorageEngine two = open(other);
    commitNumbered(one, 1, 10);
    commitNumbered(two, 1, 20);
    try (StorageView first = one.view();
        StorageView second = two.view()) {
      NumberedBatches.after(10).assertIn(first, "one");
      NumberedBatches.after(20).assertIn(second, "two");
    }
  }

  @Test
  void directoryOfSomeoneElseIsRefusedAndLeftAlone() throws IOException {
    Files.writeString(directory().resolve("data.db"), "another engine's");
    Map<String, String> before = files(directory(), file -> true);
    assertRefused(directory(), () -> open().close());
    assertEquals(before, files(directory(), file -> true));
  }

  /** Of those on the path of the test, which is often none. */
  @Test
  void storesAndCheckpointsOfOtherEnginesAreRefusedAndLeftAlone() throws IOException {
    for (StorageEngineProvider other : ServiceLoader.load(StorageEngineProvider.class)) {
      if (other.getClass() != provider().getClass()) {
        Path store = Files.createDirectory(temp.resolve("of-" + other.name()));
        Path checkpoint = temp.resolve("checkpoint-of-" + other.name());
        StorageEngine engine = other.open(StorageOptions.of(store));
        commitNumbered(engine, 1, 100);
        engine.flush();
        engine.checkpoint(checkpoint);
        engine.close();
        Map<String, String> before = files(temp, file -> true);
        assertRefused(store, () -> open(store).close());
        Path restored = temp.resolve("restored");
        assertRefused(checkpoint, () -> provider().restore(checkpoint, restored));
        assertEquals(before, files(temp, file -> true));
      }
    }
  }

  @Test
  void missingDirectoryOrFileIsRefused() throws IOException {
    Path missing = temp.resolve("missing");
    assertRefused(missing, () -> open(missing).close());
    Path file = Files.writeString(temp.resolve("file"), "text");
    assertRefused(file, () -> open(file).close());
    assertEquals("text", Files.readString(file));
  }

  @Test
  void unknownSettingIsRefused() throws IOException {
    String name = "no-such-setting";
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                provider()
                    .open(new StorageOptions(directory(), Map.of(name, "some value")))
                    .close());
    assertTrue(String.valueOf(refused.getMessage()).contains(name), refused.getMessage());
    assertEquals(Map.of(), files(directory(), file -> true), "files of a refused open");
    open().close();
  }

  @Test
  void settingThatCannotBeUsedIsRefused() throws IOException {
    for (Map.Entry<String, String> bad : badSettings().entrySet()) {
      Map<String, String> settings = Map.of(bad.getKey(), bad.getValue());
      String message =
          String.valueOf(
              assertThrows(
                      IllegalArgumentException.class,
                      () -> provider().open(new StorageOptions(directory(), settings)).close(),
                      settings::toString)
                  .getMessage());
      assertTrue(message.contains(bad.getKey()), message);
      assertTrue(message.contains(bad.getValue()), message);
      assertEquals(Map.of(), files(directory(), file -> true), "files of a refused open");
    }
  }

  /** Every installed provider is made to learn its name, so that must have no effect. */
  @Test
  void makingAProviderLeavesNoThreadAndNoOpenFile() throws Exception {
    assertEquals(provider().name(), provider().name());
    OpenThings before = OpenThings.now(temp);
    for (int i = 0; i < 100; i++) {
      assertFalse(provider().name().isEmpty());
      assertFalse(provider().version().isEmpty());
    }
    OpenThings.now(temp).assertNoMoreThan(before, 15);
  }

  /**
   * An engine may find damage when it opens or, if it reads lazily, when it reads; it must not make
   * up data. Every file is emptied in turn, which no engine can overlook.
   */
  @Test
  void damagedStoreIsRefusedOrFoundByReadingAndLeftAlone() throws IOException {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 400);
    engine.flush();
    engine.close();
    Path damaged = temp.resolve("damaged");
    for (String name : files(directory(), this::isData).keySet()) {
      copy(directory(), damaged);
      if (Files.size(damaged.resolve(name)) > 0) {
        Files.write(damaged.resolve(name), new byte[0]);
        assertDamageFound(damaged, name + " emptied");
      }
      delete(damaged);
      copy(directory(), damaged);
      Files.delete(damaged.resolve(name));
      assertDamageFound(damaged, name + " deleted");
      delete(damaged);
    }
  }

  @Test
  void changedByteIsFoundOrHarmless() throws IOException {
    Random random = Seed.random("changedByteIsFoundOrHarmless");
    StorageEngine engine = open();
    commitNumbered(engine, 1, 400);
    engine.flush();
    engine.close();
    Path damaged = temp.resolve("damaged");
    for (String name : files(directory(), this::isData).keySet()) {
      for (int i = 0; i < 3; i++) {
        copy(directory(), damaged);
        byte[] content = Files.readAllBytes(damaged.resolve(name));
        if (content.length > 0) {
          int at = random.nextInt(content.length);
          content[at] ^= (byte) (1 << random.nextInt(8));
          Files.write(damaged.resolve(name), content);
          assertDamageFound(damaged, name + " changed at " + at);
        }
        delete(damaged);
      }
    }
  }

  /** As after a disk that has forgotten the end of a file, which an engine may take for a crash. */
  @Test
  void fileThatLostItsEndIsFoundOrHarmless() throws IOException {
    Random random = Seed.random("fileThatLostItsEndIsFoundOrHarmless");
    StorageEngine engine = open();
    for (int n = 0; n < 400; n += 100) {
      commitNumbered(engine, n + 1L, n + 100L);
      engine.flush();
    }
    engine.close();
    Path damaged = temp.resolve("damaged");
    for (String name : files(directory(), this::isData).keySet()) {
      long size = Files.size(directory().resolve(name));
      for (long cut : new long[] {1, 1 + random.nextInt(8_192), size / 2}) {
        if (cut < size) {
          copy(directory(), damaged);
          try (RandomAccessFile file = new RandomAccessFile(damaged.resolve(name).toFile(), "rw")) {
            file.setLength(size - cut);
          }
          assertDamageFound(damaged, name + " shorter by " + cut + " of " + size);
          delete(damaged);
        }
      }
    }
  }

  // Refused with nothing changed, or refused while reading, or every single byte is right.
  private void assertDamageFound(Path damaged, String what) throws IOException {
    Map<String, String> before = files(damaged, this::isData);
    StorageEngine engine;
    try {
      engine = open(damaged);
    } catch (StorageException e) {
      String message = String.valueOf(e.getMessage());
      assertTrue(message.contains(damaged.toString()), what + ": " + message);
      assertFalse(message.contains("\n"), what + ": " + message);
      assertEquals(before, files(damaged, this::isData), what + ": changed by a refused open");
      return;
    }
    try (StorageView view = engine.view()) {
      NumberedBatches.after(400).assertIn(view, what);
    } catch (StorageException e) {
      assertTrue(String.valueOf(e.getMessage()).contains(damaged.toString()), e.getMessage());
    } finally {
      engine.close();
    }
  }
}
