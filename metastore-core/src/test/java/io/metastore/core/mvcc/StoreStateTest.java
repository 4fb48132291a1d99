package io.metastore.core.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.WriteBatch;
import io.metastore.core.CountingEngine;
import io.metastore.core.Engines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoreStateTest {
  private static final StoreState STATE = new StoreState(1, 2, 3, 4, 5, 6);

  @TempDir Path directory;

  @Test
  void comesBack() {
    assertEquals(STATE, StoreState.decode(STATE.encoded()));
    StoreState large = new StoreState(Long.MAX_VALUE, -1, Long.MIN_VALUE, 1L << 40, 0, 0);
    assertEquals(large, StoreState.decode(large.encoded()));
  }

  @Test
  void anEmptyStoreIsAtRevisionOne() throws IOException {
    try (CountingEngine engine = new CountingEngine(Engines.open(directory));
        PublishedView view = StoreMeta.publish(engine)) {
      assertEquals(new StoreState(0, 0, 1, StoreState.NEVER_COMPACTED, 0, 0), view.state());
    }
  }

  @Test
  void anyOtherLengthOrFormatIsAStorageFailure() {
    byte[] encoded = STATE.encoded();
    for (int length = 0; length < encoded.length + 2; length++) {
      byte[] resized = Arrays.copyOf(encoded, length);
      if (length != encoded.length) {
        assertThrows(StorageException.class, () -> StoreState.decode(resized));
      }
    }
    byte[] newer = encoded.clone();
    newer[0]++;
    assertThrows(StorageException.class, () -> StoreState.decode(newer));
  }

  @Test
  void aDamagedStateLeavesNoViewOpen() throws IOException {
    try (CountingEngine engine = new CountingEngine(Engines.open(directory))) {
      WriteBatch batch = new WriteBatch();
      batch.put(Keyspace.META, StoreMeta.STATE_KEY, new byte[] {1, 2, 3});
      engine.commit(batch);
      assertThrows(StorageException.class, () -> StoreMeta.publish(engine));
      assertEquals(0, engine.openViews());
    }
  }
}
