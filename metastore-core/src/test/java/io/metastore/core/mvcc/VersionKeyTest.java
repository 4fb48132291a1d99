package io.metastore.core.mvcc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.StorageException;
import io.metastore.testkit.storage.Seed;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VersionKeyTest {
  private static final int ROUNDS = 20_000;
  // The bytes that the encoding treats specially, and their neighbours.
  private static final byte[] TRICKY = {0, 1, 2, (byte) 0xFE, (byte) 0xFF, 'a'};

  @Test
  void theEncodedFormHasTheOrderOfUserKeysThenRevisions() {
    Random random = Seed.random("VersionKeyTest");
    for (int i = 0; i < ROUNDS; i++) {
      byte[] oneKey = key(random);
      byte[] otherKey = random.nextInt(4) == 0 ? oneKey : key(random);
      Revision one = new Revision(random.nextInt(4), random.nextInt(3));
      Revision other = new Revision(random.nextInt(4), random.nextInt(3));
      int byKey = Arrays.compareUnsigned(oneKey, otherKey);
      assertEquals(
          Integer.signum(byKey != 0 ? byKey : one.compareTo(other)),
          Integer.signum(
              Arrays.compareUnsigned(
                  VersionKey.encode(oneKey, one), VersionKey.encode(otherKey, other))),
          () -> hex(oneKey) + one + " against " + hex(otherKey) + other);
    }
  }

  @Test
  void everyUserKeyComesBack() {
    Random random = Seed.random("VersionKeyTest");
    for (int i = 0; i < ROUNDS; i++) {
      byte[] key = key(random);
      Revision revision = new Revision(random.nextLong() >>> 1, random.nextInt(1 << 30));
      VersionKey decoded = VersionKey.decode(VersionKey.encode(key, revision));
      assertArrayEquals(key, decoded.userKey(), () -> hex(key));
      assertEquals(revision, decoded.revision());
    }
  }

  @Test
  void aRangeOfUserKeysHoldsExactlyTheirVersions() {
    Random random = Seed.random("VersionKeyTest");
    for (int i = 0; i < ROUNDS; i++) {
      KeyRange range =
          random.nextInt(4) == 0
              ? KeyRange.from(key(random))
              : KeyRange.of(key(random), key(random));
      byte[] key = key(random);
      byte[] encoded = VersionKey.encode(key, new Revision(random.nextInt(9), random.nextInt(3)));
      assertEquals(
          range.contains(key), VersionKey.of(range).contains(encoded), () -> hex(key) + range);
    }
  }

  @Test
  void theVersionsUpToARevisionAreThoseOfOneKeyAndNoNewer() {
    Random random = Seed.random("VersionKeyTest");
    for (int i = 0; i < ROUNDS; i++) {
      byte[] asked = key(random);
      byte[] key = random.nextBoolean() ? asked : key(random);
      Revision revision = new Revision(random.nextInt(5), random.nextInt(3));
      long upTo = random.nextInt(5);
      assertEquals(
          Arrays.equals(asked, key) && revision.main() <= upTo,
          VersionKey.upTo(asked, upTo).contains(VersionKey.encode(key, revision)),
          () -> hex(asked) + " up to " + upTo + " against " + hex(key) + revision);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Nothing, no room for a revision, no end mark, a wrong one, an escape that is none, an end
        // in the middle, an escape cut off by the end.
        "",
        "61",
        "000000000000000200000000",
        "61ff01000000000000000200000000",
        "6100020001000000000000000200000000",
        "6100016100010000000000000002000000",
        "00000001000000000000000200000000",
      })
  void damagedKeysAreAStorageFailure(String damaged) {
    byte[] bytes = HexFormat.of().parseHex(damaged);
    StorageException thrown = assertThrows(StorageException.class, () -> VersionKey.decode(bytes));
    assertTrue(String.valueOf(thrown.getMessage()).contains("damaged"), thrown.toString());
  }

  private static byte[] key(Random random) {
    byte[] key = new byte[random.nextInt(5)];
    for (int i = 0; i < key.length; i++) {
      key[i] = TRICKY[random.nextInt(TRICKY.length)];
    }
    return key;
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
