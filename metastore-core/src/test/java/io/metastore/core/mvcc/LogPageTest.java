package io.metastore.core.mvcc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.WriteBatch;
import io.metastore.testkit.storage.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LogPageTest {
  private final List<byte[]> keys = new ArrayList<>();
  private final List<byte[]> pages = new ArrayList<>();

  private void store(List<LogEntry> entries) {
    WriteBatch batch = new WriteBatch();
    LogPage page = new LogPage();
    entries.forEach(entry -> page.add(entry, batch));
    page.end(batch);
    page.end(batch);
    batch.forEach(
        new WriteBatch.Visitor() {
          @Override
          public void put(Keyspace keyspace, byte[] key, byte[] value) {
            assertEquals(Keyspace.LOG, keyspace);
            keys.add(key);
            pages.add(value);
          }

          @Override
          public void delete(Keyspace keyspace, byte[] key) {
            throw new AssertionError("nothing is deleted");
          }
        });
  }

  private static String describe(LogEntry entry) {
    return entry.revision()
        + (entry.delete() ? " delete " : " put ")
        + Arrays.toString(entry.key())
        + entry.replaced();
  }

  private static LogEntry random(Random random, Revision revision) {
    byte[] key = new byte[1 + random.nextInt(random.nextInt(10) == 0 ? 10_000 : 40)];
    random.nextBytes(key);
    Optional<Revision> replaced =
        Optional.of(
            new Revision(
                revision.main() - random.nextLong(Math.min(revision.main(), 1 << 20)),
                random.nextInt(1 << 20)));
    return switch (random.nextInt(3)) {
      case 0 -> new LogEntry(revision, key, false, Optional.empty());
      case 1 -> new LogEntry(revision, key, false, replaced);
      default -> new LogEntry(revision, key, true, replaced);
    };
  }

  @Test
  void entriesComeBackInOrderFromPagesUnderTheirLastRevision() {
    Random random = Seed.random("LogPageTest");
    List<LogEntry> entries = new ArrayList<>();
    long main = random.nextBoolean() ? 1 : 1L << 60;
    int sub = 0;
    for (int i = 0; i < 2000; i++) {
      entries.add(random(random, new Revision(main, sub)));
      boolean same = random.nextInt(4) == 0;
      main += same ? 0 : 1 + random.nextInt(3);
      sub = same ? sub + 1 : 0;
    }
    store(entries);

    List<String> read = new ArrayList<>();
    for (int i = 0; i < pages.size(); i++) {
      List<LogEntry> page = LogPage.decode(pages.get(i));
      page.forEach(entry -> read.add(describe(entry)));
      assertArrayEquals(page.getLast().revision().encoded(), keys.get(i));
      assertTrue(page.size() == 1 || pages.get(i).length <= LogPage.BYTES_MAX);
      assertArrayEquals(pages.get(i), LogPage.encode(page));
    }
    assertEquals(entries.stream().map(LogPageTest::describe).toList(), read);
  }

  @Test
  void changesOfOneDrainShareAPage() {
    List<LogEntry> entries = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      entries.add(new LogEntry(new Revision(2 + i, 0), new byte[20], false, Optional.empty()));
    }
    store(entries);
    assertEquals(1, pages.size());
    // A kind, two small numbers and a length each; the first number is the revision itself.
    assertEquals(50 * (4 + 20), pages.getFirst().length);
  }

  @Test
  void damageIsFound() {
    store(List.of(new LogEntry(new Revision(5, 0), new byte[9], false, Optional.empty())));
    byte[] page = pages.getFirst();
    byte[] cut = Arrays.copyOf(page, page.length - 1);
    assertThrows(StorageException.class, () -> LogPage.decode(cut));
    byte[] other = page.clone();
    other[0] = 3;
    assertThrows(StorageException.class, () -> LogPage.decode(other));
  }
}
