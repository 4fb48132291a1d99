package io.metastore.core.mvcc;

import static io.metastore.core.Texts.NO_END;
import static io.metastore.core.Texts.bytes;
import static io.metastore.core.Texts.everything;
import static io.metastore.core.Texts.range;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageException;
import io.metastore.core.Texts;
import io.metastore.core.message.KeyValue;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeRequest.SortOrder;
import io.metastore.core.message.RangeRequest.SortTarget;
import io.metastore.core.message.RangeResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbers in names are those of the etcd contract's behaviours. */
final class RangeReaderTest {
  @TempDir Path directory;
  private DrainedStore store;

  /**
   * Leaves revision 8 and these keys, each by its figures: {@code a} 2/6/2, {@code b} 3/3/1, {@code
   * c} 4/8/3, {@code d} 5/5/1 (create, mod, version); values have the opposite order of keys but
   * for c, which has the largest.
   */
  @BeforeEach
  void fill() throws IOException {
    store = new DrainedStore(directory);
    store.drain(Texts.put("a", "0"), Texts.put("b", "3"), Texts.put("c", "0"), Texts.put("d", "1"));
    store.put("a", "4");
    store.put("c", "0");
    store.put("c", "9");
  }

  @AfterEach
  void closeAndCount() {
    store.close();
    assertEquals(0, store.engine().openCursors());
    assertEquals(0, store.engine().openViews());
    assertEquals(0, store.engine().misuses());
  }

  private ErrorCode refused(RangeRequest.Builder request) {
    return assertThrows(MetastoreException.class, () -> store.range(request)).code();
  }

  private static RangeRequest.Builder sorted(SortTarget target, SortOrder order) {
    return everything().setSortTarget(target).setSortOrder(order);
  }

  @Test
  @DisplayName(
      "20: with a limit the rest is counted without its values, everything not even walked")
  void theRestIsCountedCheaply() {
    int steps = store.engine().steps();
    int values = store.engine().valuesRead();
    assertEquals(4, store.range(everything().setLimit(1)).getCount());
    assertEquals(4, store.range(everything().setCountOnly(true)).getCount());
    assertEquals(4, store.engine().steps() - steps, "three for the limit, one for the count");
    assertEquals(2, store.engine().valuesRead() - values);
    assertEquals(3, store.range(range("a", "d").setLimit(1)).getCount());
    assertEquals(4, store.engine().valuesRead() - values);
    assertEquals(4, store.range(everything().setLimit(1).setRevision(5)).getCount());
  }

  @Test
  @DisplayName("17: an empty end is one key")
  void anEmptyEndIsOneKey() {
    assertEquals("a", store.keys(range("a")));
    assertEquals(1, store.range(range("a")).getCount());
    RangeResponse missing = store.range(range("aa"));
    assertEquals(0, missing.getCount());
    assertEquals(0, missing.getKvsCount());
  }

  @Test
  @DisplayName("17: end \\0 is every key from the key on, key \\0 as well is everything")
  void endZeroHasNoEnd() {
    assertEquals("c d", store.keys(range("c", NO_END)));
    assertEquals("a b c d", store.keys(everything()));
  }

  @Test
  @DisplayName("17: the end is not part of the range")
  void theEndIsExclusive() {
    assertEquals("a b", store.keys(range("a", "c")));
    assertEquals("a b c", store.keys(range("a", "c\0")));
  }

  @Test
  @DisplayName("17: an end at or below the key is an empty result")
  void anInvertedRangeIsEmpty() {
    for (RangeRequest.Builder request :
        List.of(range("c", "c"), range("c", "a"), range("c", "a").setRevision(4))) {
      RangeResponse response = store.range(request);
      assertEquals(0, response.getCount());
      assertEquals(0, response.getKvsCount());
      assertFalse(response.getMore());
      assertEquals(8, response.getHeader().getRevision());
    }
  }

  @Test
  @DisplayName("19: a future revision is refused, also for an empty range")
  void aFutureRevisionIsRefused() {
    assertEquals(ErrorCode.FUTURE_REV, refused(everything().setRevision(9)));
    assertEquals(ErrorCode.FUTURE_REV, refused(range("a").setRevision(Long.MAX_VALUE)));
    assertEquals(ErrorCode.FUTURE_REV, refused(range("c", "a").setRevision(9)));
    assertEquals(4, store.range(everything().setRevision(8)).getCount());
  }

  @Test
  @DisplayName("19: below the compacted revision is refused, at it is not")
  void aCompactedRevisionIsRefused() {
    StoreState compacted = new StoreState(1, 1, 8, 6, 4, 0);
    try (PublishedView view = new PublishedView(compacted, store.engine().view())) {
      for (RangeRequest.Builder request : List.of(range("a"), everything(), range("c", "a"))) {
        assertEquals(
            ErrorCode.COMPACTED,
            assertThrows(
                    MetastoreException.class,
                    () -> RangeReader.range(view, request.setRevision(5).build()))
                .code());
        RangeReader.range(view, request.setRevision(6).build());
      }
    }
  }

  @Test
  @DisplayName("15, 19: a revision of zero or less is the current one")
  void noRevisionIsTheCurrentOne() {
    for (long revision : new long[] {0, -1, Long.MIN_VALUE}) {
      assertEquals(
          "9", store.range(range("c").setRevision(revision)).getKvs(0).getValue().toStringUtf8());
    }
  }

  @Test
  @DisplayName("20: the header carries the current revision, whatever was asked")
  void theHeaderIsCurrent() {
    assertEquals(8, store.range(everything().setRevision(3)).getHeader().getRevision());
    assertEquals(8, store.range(range("zz")).getHeader().getRevision());
  }

  @Test
  @DisplayName("21: count ignores limit and filters")
  void countIgnoresLimitAndFilters() {
    RangeResponse limited = store.range(everything().setLimit(2));
    assertEquals(4, limited.getCount());
    assertEquals(2, limited.getKvsCount());
    assertTrue(limited.getMore());
    RangeResponse both = store.range(everything().setLimit(1).setMinModRevision(5));
    assertEquals(4, both.getCount());
    assertEquals(1, both.getKvsCount());
    assertTrue(both.getMore());
    RangeResponse one = store.range(range("a").setMinModRevision(7));
    assertEquals(1, one.getCount());
    assertEquals(0, one.getKvsCount());
  }

  @Test
  @DisplayName("21: more tells whether the limit cut the result, after the filters")
  void moreIsOfTheResult() {
    assertFalse(store.range(everything().setLimit(4)).getMore());
    assertFalse(store.range(everything().setLimit(5)).getMore());
    assertFalse(store.range(everything().setLimit(3).setMinModRevision(5)).getMore());
    assertTrue(store.range(everything().setLimit(2).setMinModRevision(5)).getMore());
    assertFalse(store.range(everything().setLimit(-1)).getMore());
    assertFalse(store.range(everything().setLimit(Long.MAX_VALUE)).getMore());
  }

  @Test
  @DisplayName("22: with an order the whole range is fetched and sorted, then cut")
  void anOrderComesBeforeTheLimit() {
    assertEquals("d c", store.keys(sorted(SortTarget.KEY, SortOrder.DESCEND).setLimit(2)));
    assertEquals("b d", store.keys(sorted(SortTarget.MOD, SortOrder.ASCEND).setLimit(2)));
    assertEquals("c a", store.keys(sorted(SortTarget.MOD, SortOrder.DESCEND).setLimit(2)));
    assertEquals("a b", store.keys(sorted(SortTarget.KEY, SortOrder.ASCEND).setLimit(2)));
  }

  @Test
  @DisplayName("22: every target sorts in both orders")
  void everyTargetSorts() {
    assertEquals("a b c d", store.keys(sorted(SortTarget.KEY, SortOrder.ASCEND)));
    assertEquals("d c b a", store.keys(sorted(SortTarget.KEY, SortOrder.DESCEND)));
    assertEquals("a b c d", store.keys(sorted(SortTarget.CREATE, SortOrder.ASCEND)));
    assertEquals("d c b a", store.keys(sorted(SortTarget.CREATE, SortOrder.DESCEND)));
    assertEquals("b d a c", store.keys(sorted(SortTarget.MOD, SortOrder.ASCEND)));
    assertEquals("c a d b", store.keys(sorted(SortTarget.MOD, SortOrder.DESCEND)));
    assertEquals("d b a c", store.keys(sorted(SortTarget.VALUE, SortOrder.ASCEND)));
    assertEquals("c a b d", store.keys(sorted(SortTarget.VALUE, SortOrder.DESCEND)));
    assertEquals("c", store.keys(sorted(SortTarget.VERSION, SortOrder.DESCEND).setLimit(1)));
    assertTrue(store.keys(sorted(SortTarget.VERSION, SortOrder.ASCEND)).endsWith("a c"));
  }

  @Test
  @DisplayName("22: values and keys sort as unsigned bytes")
  void bytesSortUnsigned() {
    store.put("\u00ff", "\u00ff");
    assertTrue(store.keys(sorted(SortTarget.VALUE, SortOrder.ASCEND)).endsWith("\u00ff"));
    assertTrue(store.keys(sorted(SortTarget.KEY, SortOrder.DESCEND)).startsWith("\u00ff"));
  }

  @Test
  @DisplayName("23: a target without an order sorts only the first limit+1 keys, ascending")
  void aTargetWithoutOrderSortsWhatWasFetched() {
    assertEquals("b d a c", store.keys(sorted(SortTarget.MOD, SortOrder.NONE)));
    // Of a, b and c, the first three by key; d, the second oldest change, is not among them.
    assertEquals("b a", store.keys(sorted(SortTarget.MOD, SortOrder.NONE).setLimit(2)));
    // A filter fetches everything again.
    assertEquals(
        "b d", store.keys(sorted(SortTarget.MOD, SortOrder.NONE).setLimit(2).setMinModRevision(1)));
  }

  @Test
  @DisplayName("25: filter bounds are inclusive, zero is unset, and all that are set must hold")
  void filterBoundsAreInclusive() {
    assertEquals("a c d", store.keys(everything().setMinModRevision(5)));
    assertEquals("b d", store.keys(everything().setMaxModRevision(5)));
    assertEquals("c d", store.keys(everything().setMinCreateRevision(4)));
    assertEquals("a b c", store.keys(everything().setMaxCreateRevision(4)));
    assertEquals("d", store.keys(everything().setMinModRevision(5).setMaxModRevision(5)));
    assertEquals("a", store.keys(everything().setMaxCreateRevision(2).setMinModRevision(6)));
    assertEquals("", store.keys(everything().setMinModRevision(6).setMaxModRevision(5)));
  }

  @Test
  @DisplayName("25: filters are of the version that was read")
  void filtersOfAnOlderRevision() {
    assertEquals("a b c d", store.keys(everything().setRevision(5).setMaxModRevision(5)));
    assertEquals("a", store.keys(everything().setRevision(6).setMinModRevision(6)));
  }

  @Test
  @DisplayName("26: keys_only empties the value, also where values were sorted by")
  void keysOnlyEmptiesTheValue() {
    KeyValue expected =
        KeyValue.newBuilder()
            .setKey(bytes("c"))
            .setCreateRevision(4)
            .setModRevision(8)
            .setVersion(3)
            .build();
    assertEquals(expected, store.range(range("c").setKeysOnly(true)).getKvs(0));
    assertEquals(expected, store.range(everything().setKeysOnly(true)).getKvs(2));
    assertEquals(
        "d b a c", store.keys(sorted(SortTarget.VALUE, SortOrder.ASCEND).setKeysOnly(true)));
    assertEquals(
        expected,
        store.range(sorted(SortTarget.VALUE, SortOrder.ASCEND).setKeysOnly(true)).getKvs(3));
    assertTrue(
        store.range(everything().setRevision(4).setKeysOnly(true)).getKvsList().stream()
            .allMatch(kv -> kv.getValue().isEmpty()));
  }

  @Test
  @DisplayName("26: keys_only leaves the lease out too, unless values were sorted by")
  void keysOnlyLeavesTheLeaseOut() {
    store.drain(
        Proposal.newBuilder()
            .setLeaseGrant(LeaseGrantRequest.newBuilder().setID(7).setTTL(9))
            .build(),
        Texts.put(PutRequest.newBuilder().setKey(bytes("a")).setValue(bytes("v")).setLease(7)));
    assertEquals(7, store.range(everything()).getKvs(0).getLease());
    for (RangeRequest.Builder request :
        List.of(range("a"), everything(), sorted(SortTarget.MOD, SortOrder.ASCEND))) {
      KeyValue only =
          store.range(request.setKeysOnly(true)).getKvsList().stream()
              .filter(kv -> kv.getKey().equals(bytes("a")))
              .findFirst()
              .orElseThrow();
      assertEquals(0, only.getLease());
      assertEquals(9, only.getModRevision());
      assertTrue(only.getValue().isEmpty());
    }
    KeyValue byValue =
        store.range(sorted(SortTarget.VALUE, SortOrder.DESCEND).setKeysOnly(true)).getKvs(0);
    assertEquals(7, byValue.getLease());
    assertTrue(byValue.getValue().isEmpty());
  }

  @Test
  @DisplayName("27: count_only has no kvs and no more, and counts at the revision")
  void countOnly() {
    for (RangeRequest.Builder request :
        List.of(
            everything(),
            everything().setLimit(1),
            everything().setMinModRevision(100),
            sorted(SortTarget.MOD, SortOrder.DESCEND))) {
      RangeResponse response = store.range(request.setCountOnly(true));
      assertEquals(4, response.getCount());
      assertEquals(0, response.getKvsCount());
      assertFalse(response.getMore());
    }
    assertEquals(2, store.range(everything().setRevision(3).setCountOnly(true)).getCount());
    RangeResponse one = store.range(range("a").setCountOnly(true));
    assertEquals(1, one.getCount());
    assertEquals(0, one.getKvsCount());
    assertEquals(0, store.range(range("zz").setCountOnly(true)).getCount());
  }

  @Test
  void everyRevisionCanBeRead() {
    String[] expected = {"", "a0", "a0 b3", "a0 b3 c0", "a0 b3 c0 d1", "a4 b3 c0 d1"};
    for (int i = 0; i < expected.length; i++) {
      RangeResponse read = store.range(everything().setRevision(i + 1));
      assertEquals(
          expected[i],
          String.join(
              " ",
              read.getKvsList().stream()
                  .map(kv -> kv.getKey().toStringUtf8() + kv.getValue().toStringUtf8())
                  .toList()));
    }
  }

  @Test
  void deletedKeysAreThereAtOlderRevisionsOnly() {
    store.delete(Texts.delete("a", "c"));
    store.put("b", "again");
    assertEquals("a b c d", store.keys(everything().setRevision(8)));
    assertEquals("c d", store.keys(everything().setRevision(9)));
    assertEquals("b c d", store.keys(everything().setRevision(10)));
    assertEquals("", store.keys(range("b").setRevision(9)));
    assertEquals("b", store.keys(range("b").setRevision(8)));
    KeyValue old = store.range(range("b").setRevision(8)).getKvs(0);
    assertEquals(3, old.getCreateRevision());
    assertEquals("3", old.getValue().toStringUtf8());
  }

  @Test
  void keysWithZeroBytesDoNotMixTheirVersions() {
    store.drain(Texts.put("a\0", "1"), Texts.put("a\0\u0001", "2"), Texts.put("a\u0001", "3"));
    store.drain(Texts.put("a\0", "4"), Texts.put("a\0\u0001", "5"), Texts.put("a\u0001", "6"));
    store.delete(Texts.delete("a\0"));
    assertEquals(
        "4", store.range(range("a\0").setRevision(14)).getKvs(0).getValue().toStringUtf8());
    assertEquals(
        "6", store.range(range("a", "b").setRevision(14)).getKvs(3).getValue().toStringUtf8());
    assertEquals(3, store.range(range("a", "b").setRevision(15)).getCount());
    assertEquals(4, store.range(range("a", "b").setRevision(11)).getCount());
  }

  @Test
  void aScanThatCannotBeOpenedLeavesNoCursorBehind() {
    store.engine().failScans(Keyspace.VERSIONS);
    assertThrows(StorageException.class, () -> store.range(everything().setRevision(3)));
    assertEquals(0, store.engine().openCursors());
  }
}
