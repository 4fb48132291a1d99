package io.metastore.core.mvcc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.metastore.testkit.storage.Seed;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RecordCacheTest {
  /** Lengths, and the room that a record leaves. */
  private static final int ENTRY_OVERHEAD_MAX = 3 * Integer.BYTES + 15;

  private static byte[] key(String key) {
    return key.getBytes(UTF_8);
  }

  private static KeyRecord record(int main, int valueBytes) {
    return KeyRecord.of(
        main, new Revision(main, 0), 1, 0, ByteString.copyFrom(new byte[valueBytes]));
  }

  private static Optional<Long> version(RecordCache cache, String key) {
    return cache.find(key(key)).map(found -> found.modRevision().main());
  }

  @Test
  void holdsWhatWasWrittenLast() {
    RecordCache cache = new RecordCache(4, 1 << 10);
    cache.put(key("a"), record(2, 10));
    cache.put(key("a"), record(3, 20));
    cache.put(key("b"), record(4, 10));

    assertEquals(Optional.of(3L), version(cache, "a"));
    cache.remove(key("a"));
    assertEquals(Optional.empty(), version(cache, "a"));
    assertEquals(Optional.of(4L), version(cache, "b"));
  }

  @Test
  void keyWrittenLongestAgoLeavesFirst() {
    // Each chunk has room for two of them.
    RecordCache cache = new RecordCache(2, 256);
    cache.put(key("a"), record(2, 100));
    cache.put(key("b"), record(3, 100));
    cache.put(key("c"), record(4, 100));
    cache.put(key("a"), record(5, 100));
    cache.put(key("d"), record(6, 100));

    assertEquals(Optional.empty(), version(cache, "b"));
    assertEquals(Optional.of(4L), version(cache, "c"));
    assertEquals(Optional.of(5L), version(cache, "a"));
    assertEquals(Optional.of(6L), version(cache, "d"));
  }

  @Test
  void keyThatIsWrittenAgainTakesNoMoreRoom() {
    // Each chunk has room for two of them.
    RecordCache cache = new RecordCache(4, 256);
    cache.put(key("a"), record(2, 80));
    for (int i = 0; i < 1000; i++) {
      cache.put(key("b"), record(3 + i, 80));
    }

    assertEquals(Optional.of(2L), version(cache, "a"));
    assertEquals(Optional.of(1002L), version(cache, "b"));
  }

  @Test
  void recordThatGrowsIsWrittenElsewhere() {
    RecordCache cache = new RecordCache(4, 1 << 10);
    cache.put(key("a"), record(2, 10));
    cache.put(key("b"), record(3, 10));
    cache.put(key("a"), record(4, 200));

    assertEquals(Optional.of(4L), version(cache, "a"));
    assertEquals(Optional.of(3L), version(cache, "b"));
  }

  @Test
  void largeRecordIsNotKeptAndEndsTheOneBefore() {
    RecordCache cache = new RecordCache(4, 1 << 20);
    cache.put(key("a"), record(2, 10));
    cache.put(key("a"), record(3, RecordCache.ENTRY_BYTES_MAX));

    assertEquals(Optional.empty(), version(cache, "a"));
    assertEquals(0, cache.size());
  }

  @Test
  void cacheOfNothingFindsNothing() {
    RecordCache cache = new RecordCache(0, 1 << 10);
    cache.put(key("a"), record(2, 10));
    cache.remove(key("a"));

    assertEquals(Optional.empty(), version(cache, "a"));
    assertEquals(0, cache.bytes());
  }

  /** Whatever it knows of a key is what was written last, and it knows what was written lately. */
  @Test
  void whatItKnowsIsTrue() {
    int chunks = 8;
    int chunkBytes = 1024;
    Random random = new Random(Seed.of("RecordCacheTest"));
    RecordCache cache = new RecordCache(chunks, chunkBytes);
    Map<String, KeyRecord> model = new HashMap<>();
    Map<String, Long> written = new HashMap<>();
    long bytes = 0;
    for (int i = 1; i < 100_000; i++) {
      String key = "k".repeat(1 + random.nextInt(3)) + random.nextInt(60);
      switch (random.nextInt(40)) {
        case 0 -> {
          cache.remove(key(key));
          model.remove(key);
        }
        case 1 -> {
          KeyRecord large = record(i, chunkBytes);
          cache.put(key(key), large);
          model.remove(key);
        }
        case 2 -> {
          if (random.nextInt(100) == 0) {
            cache.clear();
            model.clear();
          }
        }
        default -> {
          KeyRecord record = record(i, random.nextInt(120));
          cache.put(key(key), record);
          model.put(key, record);
          bytes += record.encoded().length + key.length() + ENTRY_OVERHEAD_MAX;
          written.put(key, bytes);
        }
      }
      String asked = "k".repeat(1 + random.nextInt(3)) + random.nextInt(60);
      Optional<KeyRecord> found = cache.find(key(asked));
      Optional<KeyRecord> expected = Optional.ofNullable(model.get(asked));
      if (found.isPresent()) {
        assertArrayEquals(expected.orElseThrow().encoded(), found.get().encoded(), asked);
      } else if (expected.isPresent()) {
        // Its chunk was used again, so that half of the others were filled since, but for their
        // ends.
        long since = bytes - written.getOrDefault(asked, bytes);
        assertTrue(since > (chunks / 2 - 1L) * (chunkBytes - 160), asked);
      }
      assertTrue(cache.bytes() <= (long) chunks * chunkBytes);
      assertTrue(cache.size() <= model.size());
    }
  }
}
