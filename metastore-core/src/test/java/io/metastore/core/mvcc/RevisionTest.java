package io.metastore.core.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metastore.testkit.storage.Seed;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RevisionTest {
  private static final int ROUNDS = 10_000;

  @Test
  void theEncodedFormHasTheOrderOfRevisions() {
    Random random = Seed.random("RevisionTest");
    for (int i = 0; i < ROUNDS; i++) {
      Revision one = random(random);
      Revision other = random(random);
      assertEquals(
          Integer.signum(one.compareTo(other)),
          Integer.signum(Arrays.compareUnsigned(one.encoded(), other.encoded())),
          () -> one + " against " + other);
      assertEquals(one, Revision.decode(ByteBuffer.wrap(one.encoded())));
    }
  }

  @Test
  void mainCountsBeforeSub() {
    assertEquals(-1, new Revision(2, 9).compareTo(new Revision(3, 0)));
    assertEquals(-1, new Revision(3, 0).compareTo(new Revision(3, 1)));
    assertEquals(0, new Revision(3, 1).compareTo(new Revision(3, 1)));
  }

  private static Revision random(Random random) {
    // Close together and at every size: both halves decide often.
    long main = random.nextLong() >>> random.nextInt(1, 64);
    return new Revision(random.nextBoolean() ? main : main & 3, random.nextInt(3));
  }
}
