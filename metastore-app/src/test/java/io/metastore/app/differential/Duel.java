package io.metastore.app.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.CompactionResponse;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.DeleteRangeResponse;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.PutResponse;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.message.TxnResponse;
import io.metastore.core.message.WatchCreateRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Runs programs against etcd and against our node, one after the other on the same two stores. Each
 * begins with no keys, all of them just deleted, and with both stores at the same revision.
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
  interface Server {
    /** Sends a request; its type says which method it is for. The future never fails. */
    CompletableFuture<Answer> call(Message request);

    /** Opens a watch stream. */
    WatchStream watch();
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
  Optional<Difference> run(Program program) throws InterruptedException {
    long first = level();
    try (Watches watches = new Watches(etcd.watch(), ours.watch())) {
      List<Message> requests = new ArrayList<>();
      return new Run(watches, requests, first)
          .apart(program)
          .map(apart -> new Difference(program, requests, apart));
    }
  }

  /** One program under way. */
  private final class Run {
    private final Watches watches;
    private final List<Message> requests;
    private final long first;
    private long head;

    Run(Watches watches, List<Message> requests, long first) {
      this.watches = watches;
      this.requests = requests;
      this.first = first;
      this.head = first;
    }

    Optional<Apart> apart(Program program) throws InterruptedException {
      for (Step step : program.steps()) {
        Message request = step.request(new RandomRequests.Revisions(first, head));
        requests.add(request);
        Optional<Apart> apart =
            switch (request) {
              case WatchCreateRequest watch -> watch(watch);
              case CompactionRequest compaction when watches.needHistory() -> Optional.empty();
              default -> call(request);
            };
        if (apart.isPresent()) {
          return apart;
        }
      }
      return watches.finish(this::write);
    }

    private Optional<Apart> watch(WatchCreateRequest request) throws InterruptedException {
      Optional<Apart> apart = watches.create(request, head);
      reach.count(request, new Answer.Response(request));
      return apart;
    }

    private Optional<Apart> call(Message request) {
      CompletableFuture<Answer> reply = ours.call(request);
      Answer expected = etcd.call(request).join();
      Answer canonical = Canonical.of(request, expected);
      Answer ourCanonical = Canonical.of(request, reply.join());
      reach.count(request, expected);
      head = Math.max(head, revision(expected));
      if (request instanceof CompactionRequest compaction && expected instanceof Answer.Response) {
        watches.compacted(compaction.getRevision());
      }
      return canonical.equals(ourCanonical)
          ? Optional.empty()
          : Optional.of(new Apart(request, canonical, ourCanonical));
    }

    /** A write for the test's own purposes. */
    private long write(Message request) {
      call(request)
          .ifPresent(
              apart -> {
                throw new IllegalStateException(apart.toString());
              });
      return head;
    }
  }

  /** Puts and deletes every key, and brings both to the same revision, which is told. */
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

  private static long emptied(Server server) {
    server.call(RandomKeys.putAll()).join();
    return revision(server.call(DELETE_ALL).join());
  }

  private static void fill(Server server, long head, long target) {
    for (long at = head; at < target; at++) {
      revision(server.call(FILLER).join());
    }
  }

  private static long revision(Answer answer) {
    return switch (answer) {
      case Answer.Refusal refusal -> 0;
      case Answer.Watched watched -> 0;
      case Answer.Response(Message message) ->
          switch (message) {
            case RangeResponse range -> range.getHeader().getRevision();
            case PutResponse put -> put.getHeader().getRevision();
            case DeleteRangeResponse delete -> delete.getHeader().getRevision();
            case CompactionResponse compaction -> compaction.getHeader().getRevision();
            case TxnResponse txn -> txn.getHeader().getRevision();
            default -> throw new IllegalArgumentException("no revision in " + message);
          };
    };
  }
}
