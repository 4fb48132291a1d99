package io.metastore.app.differential;

import com.google.protobuf.Message;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.HashKVRequest;
import io.metastore.core.message.LeaseKeepAliveRequest;
import io.metastore.core.message.LeaseLeasesRequest;
import io.metastore.core.message.LeaseRevokeRequest;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeRequest.SortOrder;
import io.metastore.core.message.RangeRequest.SortTarget;
import io.metastore.core.message.WatchCancelRequest;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchCreateRequest.FilterType;
import io.metastore.core.message.WatchProgressRequest;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * The requests of random programs. Revisions in them are relative to the one that the stores are
 * at, so that a step means the same in a program of which others were taken out.
 */
final class RandomRequests {
  private final RandomGenerator random;
  private final RandomKeys keys;
  private final RandomLeases leases;
  private final Revisions revisions;

  private RandomRequests(RandomGenerator random, Revisions revisions) {
    this.random = random;
    this.keys = new RandomKeys(random);
    this.leases = new RandomLeases(random);
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
  static Message of(long seed, boolean heavy, Revisions revisions) {
    RandomGenerator random = new SplittableRandom(seed);
    RandomRequests requests = new RandomRequests(random, revisions);
    return heavy ? requests.heavy() : requests.any();
  }

  /** Puts of large values, and watches whose messages then have to be divided. */
  private Message heavy() {
    if (!oneIn(3)) {
      return txns().heavyPuts();
    }
    RandomKeys.Range all = RandomKeys.all();
    return WatchCreateRequest.newBuilder()
        .setKey(all.key())
        .setRangeEnd(all.end())
        .setStartRevision(oneIn(2) ? recent() : 0)
        .setPrevKv(true)
        .setFragment(!oneIn(4))
        .build();
  }

  private RandomTxns txns() {
    return new RandomTxns(random, keys, leases, this);
  }

  private Message any() {
    int kind = random.nextInt(100);
    if (kind < 30) {
      return range();
    }
    if (kind < 53) {
      return put();
    }
    if (kind < 61) {
      return deleteRange();
    }
    return kind < 76 ? rare(kind - 61) : txns().txn();
  }

  private Message rare(int kind) {
    return switch (kind) {
      case 0, 1 -> compaction();
      case 2, 3 -> watch();
      case 4 -> WatchCancelRequest.newBuilder().setWatchId(random.nextInt(5)).build();
      case 5 -> WatchProgressRequest.getDefaultInstance();
      case 6, 7, 8 -> leases.grant();
      case 9 -> LeaseRevokeRequest.newBuilder().setID(leases.id()).build();
      case 10 -> LeaseKeepAliveRequest.newBuilder().setID(leases.id()).build();
      case 11, 12 -> leases.timeToLive();
      case 13 -> LeaseLeasesRequest.getDefaultInstance();
      default -> HashKVRequest.newBuilder().setRevision(revisionToRead()).build();
    };
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
    if (oneIn(6)) {
      request.setLease(leases.id());
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

  private CompactionRequest compaction() {
    long revision =
        switch (random.nextInt(8)) {
          case 0 -> revisions.head() + random.nextInt(2);
          case 1 -> random.nextInt(-1, 2);
          default -> recent();
        };
    return CompactionRequest.newBuilder().setRevision(revision).setPhysical(oneIn(3)).build();
  }

  private WatchCreateRequest watch() {
    RandomKeys.Range range = keys.range();
    WatchCreateRequest.Builder request =
        WatchCreateRequest.newBuilder()
            .setKey(range.key())
            .setRangeEnd(range.end())
            .setPrevKv(oneIn(2))
            .setProgressNotify(oneIn(4))
            .setFragment(oneIn(4))
            .setWatchId(oneIn(4) ? random.nextInt(1, 4) : 0);
    if (oneIn(3)) {
      request.addFilters(oneIn(2) ? FilterType.NOPUT : FilterType.NODELETE);
    }
    if (oneIn(4)) {
      request.setStartRevision(revisions.head() + random.nextInt(1, 6));
    } else if (oneIn(5)) {
      request.setStartRevision(recent());
    }
    return request.build();
  }

  boolean oneIn(int times) {
    return random.nextInt(times) == 0;
  }
}
