package io.metastore.app.differential;

import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseTimeToLiveRequest;
import java.util.List;
import java.util.random.RandomGenerator;

/** Leases of random programs: a few ids that clients chose, and the first few that servers pick. */
final class RandomLeases {
  /** No program runs for as long as the rest of a lease's time is compared to be. */
  static final long LONG_TTL = 3_600;

  private static final List<Long> GIVEN = List.of(7L, -7L, 1_000L, Long.MAX_VALUE);
  private static final long NEVER_GRANTED = 4_711;
  private static final int PICKED = 3;

  /** Lower ones are raised, and it is revoked at once; the last two are too large. */
  private static final List<Long> ODD_TTLS =
      List.of(Long.MIN_VALUE, -1L, 0L, 1L, 2L, 9_000_000_000L, 9_000_000_001L, Long.MAX_VALUE);

  private final RandomGenerator random;

  RandomLeases(RandomGenerator random) {
    this.random = random;
  }

  /** The id of a lease that there may be. */
  long id() {
    int kind = random.nextInt(20);
    if (kind == 0) {
      return NEVER_GRANTED;
    }
    return kind < 8 ? LeaseNames.FIRST + random.nextInt(PICKED) : given();
  }

  private long given() {
    return GIVEN.get(random.nextInt(GIVEN.size()));
  }

  LeaseGrantRequest grant() {
    long ttl =
        random.nextInt(4) == 0
            ? ODD_TTLS.get(random.nextInt(ODD_TTLS.size()))
            : LONG_TTL * random.nextInt(1, 4);
    return LeaseGrantRequest.newBuilder()
        .setID(random.nextInt(3) == 0 ? 0 : given())
        .setTTL(ttl)
        .build();
  }

  LeaseTimeToLiveRequest timeToLive() {
    return LeaseTimeToLiveRequest.newBuilder().setID(id()).setKeys(random.nextInt(3) != 0).build();
  }
}
