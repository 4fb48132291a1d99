package io.metastore.core.mvcc;

import static io.metastore.core.StoreUnderTest.bytes;
import static io.metastore.core.StoreUnderTest.compaction;
import static io.metastore.core.StoreUnderTest.delete;
import static io.metastore.core.StoreUnderTest.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.StoreUnderTest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RangeChunksTest {
  private static final RangeRequest ALL =
      RangeRequest.newBuilder().setKey(bytes("k")).setRangeEnd(bytes("l")).build();

  @TempDir Path directory;
  private StoreUnderTest store;

  @BeforeEach
  void open() {
    store = StoreUnderTest.open("memory", directory);
    for (int i = 0; i < 100; i++) {
      store.done(put("k%03d".formatted(i), "v"));
    }
  }

  @AfterEach
  void close() {
    store.close();
  }

  private RangeResponse.Builder next(RangeChunks chunks) {
    try (PublishedView view = store.view()) {
      return chunks.next(view);
    }
  }

  private List<RangeResponse.Builder> read(RangeChunks chunks) {
    List<RangeResponse.Builder> all = new ArrayList<>();
    do {
      all.add(next(chunks));
    } while (!all.getLast().hasHeader());
    return all;
  }

  private static RangeResponse merged(List<RangeResponse.Builder> chunks) {
    RangeResponse.Builder merged = RangeResponse.newBuilder();
    chunks.forEach(chunk -> merged.mergeFrom(chunk.build()));
    return merged.build();
  }

  @Test
  @DisplayName("29: chunks start at 10 keys and double; merged they are what Range answers")
  void chunksMergeToTheAnswer() {
    List<RangeResponse.Builder> chunks = read(new RangeChunks(ALL));
    assertEquals(
        List.of(10, 20, 40, 30), chunks.stream().map(RangeResponse.Builder::getKvsCount).toList());
    assertEquals(store.range(ALL), merged(chunks));
    for (RangeRequest.Builder request :
        List.of(
            ALL.toBuilder().setLimit(10),
            ALL.toBuilder().setLimit(35),
            ALL.toBuilder().setLimit(100),
            ALL.toBuilder().setLimit(1000),
            ALL.toBuilder().setCountOnly(true),
            ALL.toBuilder().setCountOnly(true).setLimit(5),
            ALL.toBuilder().setKeysOnly(true),
            ALL.toBuilder().setRevision(50),
            ALL.toBuilder().setRevision(50).setLimit(12),
            ALL.toBuilder().setRangeEnd(bytes("j")),
            RangeRequest.newBuilder().setKey(bytes("k007")),
            RangeRequest.newBuilder().setKey(bytes("nope")))) {
      assertEquals(
          store.range(request.build()),
          merged(read(new RangeChunks(request.build()))),
          "" + request);
    }
  }

  @Test
  @DisplayName("29: all chunks read at the revision of the first")
  void theRevisionIsPinned() {
    RangeResponse before = store.range(ALL);
    RangeChunks chunks = new RangeChunks(ALL);
    assertFalse(chunks.started());
    List<RangeResponse.Builder> read = new ArrayList<>(List.of(next(chunks)));
    assertTrue(chunks.started());
    store.done(delete("k050"));
    store.done(put("k051", "new"));
    read.addAll(read(chunks));
    assertEquals(before, merged(read));
  }

  @Test
  @DisplayName("29: a compaction past the pinned revision ends the stream")
  void compactionEndsTheStream() {
    RangeChunks chunks = new RangeChunks(ALL);
    next(chunks);
    store.done(compaction(101));
    next(chunks);
    store.done(put("k", "v"));
    store.done(compaction(102));
    assertEquals(
        ErrorCode.COMPACTED, assertThrows(MetastoreException.class, () -> next(chunks)).code());
    assertEquals(
        ErrorCode.FUTURE_REV,
        assertThrows(
                MetastoreException.class,
                () -> next(new RangeChunks(ALL.toBuilder().setRevision(103).build())))
            .code());
  }

  @Test
  @DisplayName("29: chunks of large values stay near 1.5 MiB")
  void chunksAreBoundedInBytes() {
    String large = "x".repeat(400_000);
    for (int i = 0; i < 20; i++) {
      store.done(put("k%03d".formatted(i), large));
    }
    List<RangeResponse.Builder> chunks = read(new RangeChunks(ALL));
    for (RangeResponse.Builder chunk : chunks) {
      assertTrue(chunk.build().getSerializedSize() < RangeChunks.CHUNK_BYTES + 401_000);
    }
    assertEquals(store.range(ALL), merged(chunks));
  }
}
