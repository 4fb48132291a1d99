package io.metastore.core.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.metastore.core.Texts;
import io.metastore.core.message.Proposal;
import io.metastore.testkit.storage.Seed;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EntryCodecTest {
  @Test
  void everyEntryComesBack() {
    Random random = Seed.random("EntryCodecTest");
    for (int i = 0; i < 1000; i++) {
      EntryCodec.Header header =
          new EntryCodec.Header(random.nextLong() | 1, random.nextLong() | 1);
      List<Proposal> proposals = new ArrayList<>();
      for (int p = random.nextInt(4); p > 0; p--) {
        proposals.add(
            random.nextBoolean()
                ? Texts.put("k" + random.nextInt(), "v" + random.nextInt())
                : Texts.delete("k" + random.nextInt()));
      }
      ByteBuffer entry = ByteBuffer.wrap(EntryCodec.encode(header, proposals)).asReadOnlyBuffer();
      assertEquals(header, EntryCodec.header(entry));
      assertEquals(proposals, EntryCodec.proposals(entry));
      assertEquals(0, entry.position(), "the buffer was moved");
    }
  }

  @Test
  void anEntryMayLieInTheMiddleOfABuffer() {
    EntryCodec.Header header = new EntryCodec.Header(7, 8);
    byte[] encoded = EntryCodec.encode(header, List.of(Texts.put("a", "b")));
    ByteBuffer direct = ByteBuffer.allocateDirect(encoded.length + 10);
    direct.position(5).put(encoded, 0, encoded.length).limit(5 + encoded.length).position(5);
    assertEquals(header, EntryCodec.header(direct));
    assertEquals(List.of(Texts.put("a", "b")), EntryCodec.proposals(direct));
  }

  @Test
  void zeroIsNoOriginAndNoBatch() {
    assertThrows(IllegalArgumentException.class, () -> new EntryCodec.Header(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new EntryCodec.Header(1, 0));
  }

  @Test
  void bytesThatAreNoEntryAreRefused() {
    byte[] encoded =
        EntryCodec.encode(new EntryCodec.Header(7, 8), List.of(Texts.put("key", "value")));
    for (int length = 0; length < 18; length++) {
      ByteBuffer cut = ByteBuffer.wrap(encoded, 0, length);
      assertThrows(IllegalStateException.class, () -> EntryCodec.header(cut), "length " + length);
    }
    for (int tag : new int[] {0, 9}) {
      byte[] damaged = encoded.clone();
      damaged[tag]++;
      ByteBuffer entry = ByteBuffer.wrap(damaged);
      assertThrows(IllegalStateException.class, () -> EntryCodec.header(entry));
    }
    ByteBuffer zeroed = ByteBuffer.wrap(encoded.clone());
    zeroed.putLong(1, 0);
    assertThrows(IllegalStateException.class, () -> EntryCodec.header(zeroed));
    ByteBuffer tornBody = ByteBuffer.wrap(encoded, 0, encoded.length - 1);
    assertThrows(IllegalStateException.class, () -> EntryCodec.proposals(tornBody));
  }
}
