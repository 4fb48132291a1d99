package io.metastore.app.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.DeleteRangeResponse;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.PutResponse;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.message.TxnResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Runs programs against etcd and against our node, one after the other on the same two stores. Each
 * begins with no keys and with both stores at the same revision, whatever the one before has left.
 */
final class Duel {
  private static final ByteString ZERO = ByteString.copyFrom(new byte[] {0});
  private static final Message DELETE_ALL =
      DeleteRangeRequest.newBuilder().setKey(ZERO).setRangeEnd(ZERO).build();
  private static final Message FILLER = PutRequest.newBuilder().setKey(ZERO).build();

  private final Server etcd;
  private final Server ours;
  private final Reach reach = new Reach();

  /** A server, or what a test puts in its place. */
  @FunctionalInterface
  interface Server {
    /** Sends a request. The future never fails. */
    CompletableFuture<Answer> call(Message request);
  }

  Duel(Server etcd, Server ours) {
    this.etcd = etcd;
    this.ours = ours;
  }

  /** What programs have met so far. */
  Reach reach() {
    return reach;
  }

  /** Runs a program up to its first difference. */
  Optional<Difference> run(Program program) {
    long first = level();
    long head = first;
    List<Message> requests = new ArrayList<>();
    for (Step step : program.steps()) {
      Message request = step.request(new RandomRequests.Revisions(first, head));
      requests.add(request);
      CompletableFuture<Answer> reply = ours.call(request);
      Answer expected = etcd.call(request).join();
      Answer canonical = Canonical.of(request, expected);
      Answer ourCanonical = Canonical.of(request, reply.join());
      if (!canonical.equals(ourCanonical)) {
        return Optional.of(new Difference(program, requests, canonical, ourCanonical));
      }
      reach.count(request, expected);
      head = Math.max(head, revision(expected));
    }
    return Optional.empty();
  }

  /** Deletes everything and brings both to the same revision. */
  private long level() {
    long etcdHead = revision(etcd.call(DELETE_ALL).join());
    long ourHead = revision(ours.call(DELETE_ALL).join());
    if (etcdHead == ourHead) {
      return etcdHead;
    }
    // One filler at least on either side, so that deleting it moves both.
    long target = Math.max(etcdHead, ourHead) + 1;
    fill(etcd, etcdHead, target);
    fill(ours, ourHead, target);
    return level();
  }

  private static void fill(Server server, long head, long target) {
    for (long at = head; at < target; at++) {
      revision(server.call(FILLER).join());
    }
  }

  private static long revision(Answer answer) {
    return switch (answer) {
      case Answer.Refusal refusal -> 0;
      case Answer.Response(Message message) ->
          switch (message) {
            case RangeResponse range -> range.getHeader().getRevision();
            case PutResponse put -> put.getHeader().getRevision();
            case DeleteRangeResponse delete -> delete.getHeader().getRevision();
            case TxnResponse txn -> txn.getHeader().getRevision();
            default -> throw new IllegalArgumentException("no revision in " + message);
          };
    };
  }
}
