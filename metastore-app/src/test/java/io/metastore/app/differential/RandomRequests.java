package io.metastore.app.differential;

import com.google.protobuf.Message;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeRequest.SortOrder;
import io.metastore.core.message.RangeRequest.SortTarget;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * The requests of random programs. Revisions in them are relative to the one that the stores are
 * at, so that a step means the same in a program of which others were taken out.
 */
final class RandomRequests {
  private static final int UNKNOWN_LEASE = 4711;

  private final RandomGenerator random;
  private final RandomKeys keys;
  private final Revisions revisions;

  private RandomRequests(RandomGenerator random, Revisions revisions) {
    this.random = random;
    this.keys = new RandomKeys(random);
    this.revisions = revisions;
  }

  /**
   * Where a program is.
   *
   * @param first the revision that it began at
   * @param head the newest revision
   */
  record Revisions(long first, long head) {}

  /** The request of a step. */
  static Message of(long seed, Revisions revisions) {
    RandomGenerator random = new SplittableRandom(seed);
    RandomRequests requests = new RandomRequests(random, revisions);
    int kind = random.nextInt(100);
    if (kind < 35) {
      return requests.range();
    }
    if (kind < 60) {
      return requests.put();
    }
    if (kind < 70) {
      return requests.deleteRange();
    }
    return new RandomTxns(random, requests.keys, requests).txn();
  }

  RangeRequest range() {
    RandomKeys.Range range = keys.range();
    RangeRequest.Builder request =
        RangeRequest.newBuilder()
            .setKey(range.key())
            .setRangeEnd(range.end())
            .setRevision(revisionToRead())
            .setSerializable(oneIn(5))
            .setKeysOnly(oneIn(6))
            .setCountOnly(oneIn(8));
    if (oneIn(3)) {
      request.setLimit(random.nextInt(1, 6));
    } else if (oneIn(30)) {
      request.setLimit(oneIn(2) ? -1 : Long.MAX_VALUE);
    }
    if (oneIn(2)) {
      request.setSortOrder(SortOrder.forNumber(random.nextInt(3)));
      request.setSortTarget(SortTarget.forNumber(random.nextInt(5)));
    }
    if (oneIn(4)) {
      filter(request);
    }
    return request.build();
  }

  private void filter(RangeRequest.Builder request) {
    switch (random.nextInt(5)) {
      case 0 -> request.setMinModRevision(recent());
      case 1 -> request.setMaxModRevision(recent());
      case 2 -> request.setMinCreateRevision(recent());
      case 3 -> request.setMaxCreateRevision(recent());
      default -> request.setMinModRevision(recent()).setMaxCreateRevision(recent());
    }
  }

  /** The newest, mostly; else an older one, the newest by its number, a future or no revision. */
  private long revisionToRead() {
    return switch (random.nextInt(20)) {
      case 0, 1, 2, 3, 4, 5, 6 -> recent();
      case 7 -> revisions.head() + random.nextInt(3);
      case 8 -> random.nextInt(-3, 0);
      default -> 0;
    };
  }

  /** A revision of this program. */
  long recent() {
    long age = random.nextInt(oneIn(4) ? 150 : 12);
    return Math.max(revisions.first(), revisions.head() - age);
  }

  PutRequest put() {
    PutRequest.Builder request =
        PutRequest.newBuilder()
            .setKey(keys.key())
            .setValue(keys.value())
            .setPrevKv(oneIn(2))
            .setIgnoreLease(oneIn(12));
    if (oneIn(12)) {
      request.setIgnoreValue(true);
      if (!oneIn(5)) {
        request.clearValue();
      }
    }
    if (oneIn(40)) {
      request.setLease(UNKNOWN_LEASE);
    }
    return request.build();
  }

  DeleteRangeRequest deleteRange() {
    RandomKeys.Range range = keys.range();
    return DeleteRangeRequest.newBuilder()
        .setKey(range.key())
        .setRangeEnd(range.end())
        .setPrevKv(oneIn(2))
        .build();
  }

  boolean oneIn(int times) {
    return random.nextInt(times) == 0;
  }
}
