package io.metastore.core.mvcc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.metastore.api.storage.StorageException;
import io.metastore.core.Texts;
import io.metastore.core.message.KeyValue;
import io.metastore.testkit.storage.Seed;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class KeyRecordTest {
  private static final int ROUNDS = 5_000;

  @Test
  void everyRecordComesBack() {
    Random random = Seed.random("KeyRecordTest");
    for (int i = 0; i < ROUNDS; i++) {
      long create = random.nextLong() >>> random.nextInt(2, 64);
      Revision mod = new Revision(create + random.nextInt(1000), random.nextInt(300));
      long version = random.nextLong() >>> random.nextInt(1, 64);
      // Leases are any 64-bit number; 0 is none.
      long lease = random.nextInt(3) == 0 ? 0 : random.nextLong();
      byte[] value = new byte[random.nextInt(40)];
      random.nextBytes(value);
      KeyRecord made = KeyRecord.of(create, mod, version, lease, ByteString.copyFrom(value));
      KeyRecord read = KeyRecord.decode(made.encoded());
      for (KeyRecord record : new KeyRecord[] {made, read}) {
        assertEquals(create, record.createRevision());
        assertEquals(mod, record.modRevision());
        assertEquals(version, record.version());
        assertEquals(lease, record.lease());
        assertEquals(ByteString.copyFrom(value), record.value());
      }
      assertArrayEquals(made.encoded(), read.encoded());
      assertFalse(KeyRecord.isTombstone(made.encoded()));
    }
  }

  @Test
  void aYoungRecordCostsSixBytesBesideItsValue() {
    KeyRecord young = KeyRecord.of(2, new Revision(2, 0), 1, 0, Texts.bytes("value"));
    assertTrue(young.encoded().length <= 6 + "value".length(), "" + young.encoded().length);
  }

  @Test
  void aTombstoneIsNoRecord() {
    assertTrue(KeyRecord.isTombstone(KeyRecord.tombstone()));
    assertThrows(StorageException.class, () -> KeyRecord.decode(KeyRecord.tombstone()));
  }

  @Test
  void aRecordThatIsCutShortIsAStorageFailure() {
    byte[] whole = KeyRecord.of(300, new Revision(400, 1), 2, 77, ByteString.EMPTY).encoded();
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      StorageException thrown =
          assertThrows(StorageException.class, () -> KeyRecord.decode(cut), "length " + length);
      assertTrue(String.valueOf(thrown.getMessage()).contains("damaged"), thrown.toString());
    }
  }

  @Test
  void unknownFlagsAreAStorageFailure() {
    byte[] record = KeyRecord.of(2, new Revision(2, 0), 1, 0, Texts.bytes("value")).encoded();
    for (int flag : new int[] {0x02, 0x40, 0x80}) {
      byte[] damaged = record.clone();
      damaged[0] |= (byte) flag;
      assertThrows(StorageException.class, () -> KeyRecord.decode(damaged), "flag " + flag);
    }
  }

  @Test
  void clientsSeeEveryField() {
    KeyRecord record = KeyRecord.of(4, new Revision(9, 2), 3, -5, Texts.bytes("value"));
    KeyValue expected =
        KeyValue.newBuilder()
            .setKey(Texts.bytes("key"))
            .setCreateRevision(4)
            .setModRevision(9)
            .setVersion(3)
            .setLease(-5)
            .setValue(Texts.bytes("value"))
            .build();
    assertEquals(expected, record.toKeyValue(Texts.bytes("key")));
    assertEquals(
        expected.toBuilder().clearValue().clearLease().build(),
        record.toKeyOnly(Texts.bytes("key")));
  }
}
