package io.metastore.core.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import io.metastore.core.Texts;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeRequest.SortOrder;
import io.metastore.core.message.RangeRequest.SortTarget;
import io.metastore.testkit.storage.Seed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store against {@link KeyModel}: random commands in random drains, random reads between. */
final class KeyModelTest {
  private static final int DRAINS = 150;
  private static final int DRAIN_MAX = 12;
  private static final int READS = 25;
  private static final int REOPEN_EVERY = 20;
  // Few keys, so that they are changed often, and bytes that encodings treat specially.
  private static final byte[] BYTES = {0, 1, 'a', 'b', (byte) 0xFF};

  @TempDir Path directory;

  @Test
  void everyReadIsAsTheModelSays() throws IOException {
    Random random = Seed.random("KeyModelTest");
    KeyModel model = new KeyModel();
    try (DrainedStore store = new DrainedStore(directory)) {
      for (int drain = 0; drain < DRAINS; drain++) {
        List<Proposal> proposals = new ArrayList<>();
        for (int i = random.nextInt(DRAIN_MAX); i >= 0; i--) {
          proposals.add(proposal(random));
        }
        store.drain(proposals);
        proposals.forEach(model::apply);
        assertEquals(model.revision(), store.state().revision());
        assertEquals(model.size(), store.state().keys());
        if (random.nextInt(REOPEN_EVERY) == 0) {
          store.reopen();
        }
        for (int i = 0; i < READS; i++) {
          RangeRequest.Builder read = read(random, model.revision());
          assertEquals(model.range(read.build()), store.range(read), read::toString);
        }
      }
      assertEquals(1, store.engine().openViews());
      assertEquals(0, store.engine().openCursors());
    }
  }

  private static Proposal proposal(Random random) {
    if (random.nextInt(4) > 0) {
      PutRequest.Builder put = PutRequest.newBuilder().setKey(key(random));
      return Texts.put(
          random.nextInt(5) == 0
              ? put.setIgnoreValue(true)
              : put.setValue(Texts.bytes("v" + random.nextInt(4))));
    }
    DeleteRangeRequest.Builder delete = DeleteRangeRequest.newBuilder().setKey(key(random));
    return Texts.delete(random.nextBoolean() ? delete : delete.setRangeEnd(key(random)));
  }

  private static RangeRequest.Builder read(Random random, long newest) {
    RangeRequest.Builder read = RangeRequest.newBuilder().setKey(key(random));
    if (random.nextInt(4) > 0) {
      read.setRangeEnd(key(random));
    }
    if (random.nextBoolean()) {
      read.setKey(Texts.bytes("\0")).setRangeEnd(Texts.bytes("\0"));
    }
    if (random.nextBoolean()) {
      read.setRevision(random.nextLong(newest + 1));
    }
    if (random.nextBoolean()) {
      read.setLimit(random.nextInt(8));
    }
    if (random.nextInt(3) > 0) {
      read.setSortTargetValue(random.nextInt(SortTarget.values().length - 1));
      read.setSortOrderValue(random.nextInt(SortOrder.values().length - 1));
    }
    read.setCountOnly(random.nextInt(8) == 0).setKeysOnly(random.nextInt(4) == 0);
    if (random.nextInt(3) == 0) {
      read.setMinModRevision(revision(random, newest)).setMaxModRevision(revision(random, newest));
      read.setMinCreateRevision(revision(random, newest));
      read.setMaxCreateRevision(revision(random, newest));
    }
    return read;
  }

  private static long revision(Random random, long newest) {
    return random.nextBoolean() ? 0 : random.nextLong(newest + 2);
  }

  private static ByteString key(Random random) {
    byte[] key = new byte[random.nextInt(1, 4)];
    for (int i = 0; i < key.length; i++) {
      key[i] = BYTES[random.nextInt(BYTES.length)];
    }
    return ByteString.copyFrom(key);
  }
}
