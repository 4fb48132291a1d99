package io.metastore.core.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.core.StoreUnderTest;
import io.metastore.core.hash.StoreHash;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.HashKVResponse;
import io.metastore.core.message.KeyValue;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories with compactions, purges that are interrupted anywhere, and crashes, on both
 * engines at once, against a list of events.
 */
final class PurgeModelTest {
  private static final int STEPS = 400;
  private static final int KEYS = 6;

  /** A change; {@code value} is empty for a delete. */
  private record Event(String key, Revision revision, Optional<String> value) {}

  @TempDir Path directory;

  private final List<Event> events = new ArrayList<>();
  private final List<StoreUnderTest> stores = new ArrayList<>();
  // Commands that come to the stores in one drain, whose changes share a page of LOG.
  private final List<Proposal> waiting = new ArrayList<>();
  private long revision = 1;
  private long mark = StoreState.NEVER_COMPACTED;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  @DisplayName("36: exactly what is retained survives, whatever interrupts the purge")
  void whatIsRetainedSurvives(long seed) {
    Random random = new Random(seed);
    try (StoreUnderTest memory = open("memory");
        StoreUnderTest rocksdb = open("rocksdb")) {
      stores.add(memory);
      stores.add(rocksdb);
      for (int i = 0; i < STEPS; i++) {
        step(random);
        if (random.nextInt(3) == 0) {
          drain();
          assertEqualHashes(random);
        }
      }
      drain();
      checkReads();
      for (StoreUnderTest store : stores) {
        purge(store, 1 + random.nextInt(20));
        checkStored(store);
      }
      checkReads();
      assertEqualHashes(random);
    }
  }

  private StoreUnderTest open(String engine) {
    Path own = directory.resolve(engine);
    assertTrue(own.toFile().mkdirs());
    return StoreUnderTest.open(engine, own);
  }

  private void step(Random random) {
    switch (random.nextInt(20)) {
      case 0 -> compact(random);
      case 1 -> stores.get(random.nextInt(2)).engine().flush();
      case 2 -> stores.get(random.nextInt(2)).restart();
      case 3, 4, 5, 6 -> stores.get(random.nextInt(2)).purgeStep(1 + random.nextInt(5));
      case 7, 8, 9 -> delete(key(random));
      case 10 -> deleteAndPut(key(random), random);
      case 11 -> deleteAll();
      default -> put(key(random), "v" + random.nextInt(100));
    }
  }

  private static String key(Random random) {
    // Keys that are prefixes of one another, with a zero byte among them.
    return "k\0k1k".substring(0, 1 + random.nextInt(5)) + (random.nextInt(KEYS) < 3 ? "" : "x");
  }

  private void both(Proposal.Builder proposal) {
    waiting.add(proposal.build());
  }

  private void drain() {
    if (!waiting.isEmpty()) {
      stores.forEach(store -> store.doneTogether(waiting));
      waiting.clear();
    }
  }

  private void compact(Random random) {
    long next =
        Math.max(mark, 0) + random.nextInt(Math.toIntExact(revision - Math.max(mark, 0)) + 1);
    if (next > mark) {
      both(StoreUnderTest.compaction(next));
      mark = next;
    }
  }

  private void put(String key, String value) {
    both(StoreUnderTest.put(key, value));
    events.add(new Event(key, new Revision(++revision, 0), Optional.of(value)));
  }

  private void delete(String key) {
    both(StoreUnderTest.delete(key));
    if (at(revision).containsKey(key)) {
      events.add(new Event(key, new Revision(++revision, 0), Optional.empty()));
    }
  }

  private void deleteAll() {
    both(Proposal.newBuilder().setDeleteRange(deleteFrom("k")));
    record(new ArrayList<>(at(revision).keySet()), List.of());
  }

  /** One key changed twice in one revision, which only an open-ended delete makes possible. */
  private void deleteAndPut(String key, Random random) {
    String value = "w" + random.nextInt(100);
    both(
        Proposal.newBuilder()
            .setTxn(
                TxnRequest.newBuilder()
                    .addSuccess(RequestOp.newBuilder().setRequestDeleteRange(deleteFrom(key)))
                    .addSuccess(
                        RequestOp.newBuilder()
                            .setRequestPut(
                                PutRequest.newBuilder()
                                    .setKey(bytes(key))
                                    .setValue(bytes(value))))));
    List<String> deleted =
        at(revision).keySet().stream().filter(k -> k.compareTo(key) >= 0).toList();
    record(deleted, List.of(new Event(key, new Revision(0, 0), Optional.of(value))));
  }

  private static DeleteRangeRequest deleteFrom(String key) {
    return DeleteRangeRequest.newBuilder()
        .setKey(bytes(key))
        .setRangeEnd(ByteString.copyFrom(new byte[] {0}))
        .build();
  }

  private void record(List<String> deleted, List<Event> puts) {
    if (deleted.isEmpty() && puts.isEmpty()) {
      return;
    }
    revision++;
    int sub = 0;
    for (String key : deleted) {
      events.add(new Event(key, new Revision(revision, sub++), Optional.empty()));
    }
    for (Event put : puts) {
      events.add(new Event(put.key(), new Revision(revision, sub++), put.value()));
    }
  }

  private static ByteString bytes(String text) {
    return StoreUnderTest.bytes(text);
  }

  /** The live keys at a revision. */
  private SortedMap<String, String> at(long main) {
    TreeMap<String, String> live = new TreeMap<>();
    for (Event event : events) {
      if (event.revision().main() <= main) {
        event
            .value()
            .ifPresentOrElse(value -> live.put(event.key(), value), () -> live.remove(event.key()));
      }
    }
    return live;
  }

  private void assertEqualHashes(Random random) {
    long from = Math.max(mark, 1);
    long at = from + random.nextInt(Math.toIntExact(revision - from) + 1);
    assertEquals(hash(stores.get(0), at), hash(stores.get(1), at), "HashKV at " + at);
    List<Integer> all = new ArrayList<>();
    for (StoreUnderTest store : stores) {
      try (PublishedView view = store.view()) {
        all.add(StoreHash.all(view).getHash());
      }
    }
    assertEquals(all.get(0), all.get(1), "Hash");
  }

  private static HashKVResponse hash(StoreUnderTest store, long at) {
    try (PublishedView view = store.view()) {
      return StoreHash.kv(view, at).build();
    }
  }

  private void checkReads() {
    for (StoreUnderTest store : stores) {
      for (long at = Math.max(mark, 1); at <= revision; at++) {
        Map<String, String> read = new TreeMap<>();
        for (KeyValue kv : store.all(at).getKvsList()) {
          read.put(kv.getKey().toStringUtf8(), kv.getValue().toStringUtf8());
        }
        assertEquals(at(at), read, "keys at " + at);
      }
      try (PublishedView view = store.view()) {
        events.stream()
            .filter(event -> event.revision().main() > mark)
            .forEach(event -> checkEvent(view, event));
      }
    }
  }

  /** Watchers from the mark on need the record of every event, and what was there before it. */
  private void checkEvent(PublishedView view, Event event) {
    byte[] key = event.key().getBytes(StandardCharsets.UTF_8);
    if (event.value().isPresent()) {
      Optional<KeyRecord> record =
          view.view()
              .get(Keyspace.VERSIONS, VersionKey.encode(key, event.revision()))
              .or(() -> view.view().get(Keyspace.CURRENT, key))
              .map(KeyRecord::decode);
      assertEquals(event.value(), record.map(r -> r.value().toStringUtf8()), event.toString());
      assertEquals(event.revision(), record.orElseThrow().modRevision());
    }
    long before = event.revision().main() - 1;
    assertEquals(
        Optional.ofNullable(at(before).get(event.key())),
        HistoryScan.find(view.view(), key, before).map(r -> r.value().toStringUtf8()),
        "before " + event);
  }

  private static void purge(StoreUnderTest store, int entriesMax) {
    int steps = 0;
    while (store.purgeStep(entriesMax)) {
      assertTrue(++steps < 10_000, "the purge does not end");
    }
  }

  private void checkStored(StoreUnderTest store) {
    TreeSet<String> versions = new TreeSet<>();
    TreeSet<String> log = new TreeSet<>();
    for (int i = 0; i < events.size(); i++) {
      Event event = events.get(i);
      if (event.revision().main() >= mark) {
        log.add(event.revision() + " " + event.key());
      }
      Optional<Event> next =
          events.stream().skip(i + 1L).filter(e -> e.key().equals(event.key())).findFirst();
      boolean current = next.isEmpty() && event.value().isPresent();
      boolean readable =
          event.value().isPresent() && next.isPresent() && next.get().revision().main() > mark;
      if (!current && (event.revision().main() >= mark || readable)) {
        versions.add(event.key() + "@" + event.revision());
      }
    }
    try (PublishedView view = store.view()) {
      assertEquals(versions, stored(view, Keyspace.VERSIONS), "VERSIONS at mark " + mark);
      assertEquals(log, stored(view, Keyspace.LOG), "LOG at mark " + mark);
    }
  }

  private static Set<String> stored(PublishedView view, Keyspace keyspace) {
    TreeSet<String> found = new TreeSet<>();
    try (Cursor cursor = view.view().scan(keyspace, KeyRange.all(), ScanDirection.FORWARD)) {
      while (cursor.next()) {
        if (keyspace == Keyspace.LOG) {
          for (LogEntry entry : LogPage.decode(cursor.value())) {
            found.add(entry.revision() + " " + new String(entry.key(), StandardCharsets.UTF_8));
          }
        } else {
          VersionKey key = VersionKey.decode(cursor.key());
          found.add(new String(key.userKey(), StandardCharsets.UTF_8) + "@" + key.revision());
        }
      }
    }
    return found;
  }
}
