package io.metastore.core.mvcc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RecordCacheTest {
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
    RecordCache cache = new RecordCache(1 << 20);
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
    RecordCache cache = new RecordCache(3 * 400);
    cache.put(key("a"), record(2, 100));
    cache.put(key("b"), record(3, 100));
    cache.put(key("c"), record(4, 100));
    cache.put(key("a"), record(5, 100));
    cache.put(key("d"), record(6, 100));

    assertEquals(Optional.empty(), version(cache, "b"));
    assertEquals(Optional.of(5L), version(cache, "a"));
    assertEquals(Optional.of(6L), version(cache, "d"));
  }

  @Test
  void staysWithinItsBytesAndCountsDownToNothing() {
    RecordCache cache = new RecordCache(10_000);
    for (int i = 0; i < 1000; i++) {
      cache.put(key("k" + i % 70), record(i, i % 300));
      assertTrue(cache.bytes() <= 10_000, () -> cache.bytes() + " bytes");
    }
    for (int i = 0; i < 70; i++) {
      cache.remove(key("k" + i));
    }
    assertEquals(0, cache.bytes());
  }

  @Test
  void largeRecordIsNotKeptAndEndsTheOneBefore() {
    RecordCache cache = new RecordCache(1 << 20);
    cache.put(key("a"), record(2, 10));
    cache.put(key("a"), record(3, RecordCache.RECORD_BYTES_MAX));

    assertEquals(Optional.empty(), version(cache, "a"));
    assertEquals(0, cache.bytes());
  }
}
