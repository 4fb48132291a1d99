package io.metastore.app.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.LeaseLeasesRequest;
import io.metastore.core.message.LeaseLeasesResponse;
import io.metastore.core.message.LeaseRevokeRequest;
import io.metastore.core.message.LeaseStatus;
import io.metastore.core.message.PutRequest;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Runs programs against etcd and against our node, one after the other on the same two stores. Each
 * begins with no leases and no keys, all of them just deleted, and with both stores at the same
 * revision. Used by one thread.
 */
final class Duel {
  private static final ByteString ZERO = ByteString.copyFrom(new byte[] {0});
  private static final Message DELETE_ALL =
      DeleteRangeRequest.newBuilder().setKey(ZERO).setRangeEnd(ZERO).build();
  private static final Message FILLER = PutRequest.newBuilder().setKey(ZERO).build();

  private final Server etcd;
  private final Server ours;
  private final Canonical canonical;
  private final Reach reach = new Reach();

  /** A server, or what a test puts in its place. */
  interface Server {
    /** Sends a request; its type says which method it is for. The future never fails. */
    CompletableFuture<Answer> call(Message request);

    /** Opens a watch stream. */
    WatchStream watch();
  }

  /**
   * A duel of two servers.
   *
   * @param etcd which one is right
   * @param canonical what is compared
   */
  Duel(Server etcd, Server ours, Canonical canonical) {
    this.etcd = etcd;
    this.ours = ours;
    this.canonical = canonical;
  }

  /** What programs have met so far. */
  Reach reach() {
    return reach;
  }

  /** Runs a program up to its first difference. */
  Optional<Difference> run(Program program) throws InterruptedException {
    long first = level();
    forget(first - 1);
    try (Side theirSide = new Side(etcd);
        Side ourSide = new Side(ours)) {
      return new Run(theirSide, ourSide, canonical, reach, first).difference(program);
    }
  }

  /** Empties both and brings them to the same revision, which is told. */
  private long level() {
    long etcdHead = emptied(etcd);
    long ourHead = emptied(ours);
    if (etcdHead == ourHead) {
      return etcdHead;
    }
    fill(etcd, etcdHead, ourHead);
    fill(ours, ourHead, etcdHead);
    return level();
  }

  /** The history of other programs goes: neither what is read nor the time it takes is theirs. */
  private void forget(long revision) {
    Message compaction = CompactionRequest.newBuilder().setRevision(revision).build();
    CompletableFuture<Answer> reply = ours.call(compaction);
    etcd.call(compaction).join();
    reply.join();
  }

  private static long emptied(Server server) {
    Answer leases = server.call(LeaseLeasesRequest.getDefaultInstance()).join();
    if (leases instanceof Answer.Response(LeaseLeasesResponse list)) {
      for (LeaseStatus lease : list.getLeasesList()) {
        server.call(LeaseRevokeRequest.newBuilder().setID(lease.getID()).build()).join();
      }
    }
    server.call(RandomKeys.putAll()).join();
    return server.call(DELETE_ALL).join().revision();
  }

  private static void fill(Server server, long head, long target) {
    for (long at = head; at < target; at++) {
      server.call(FILLER).join();
    }
  }
}
