package io.metastore.app.differential;

import com.google.protobuf.Message;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.HashKVRequest;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseGrantResponse;
import io.metastore.core.message.LeaseLeasesRequest;
import io.metastore.core.message.LeaseRevokeRequest;
import io.metastore.core.message.LeaseTimeToLiveRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.WatchCancelRequest;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchProgressRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One program under way on both servers. Reads that follow one another are under way together, as
 * nothing changes between them; everything else is answered before the next request is sent. Used
 * by one thread, for one program.
 */
final class Run {
  private final Side etcd;
  private final Side ours;
  private final Canonical canonical;
  private final Reach reach;
  private final Watches watches;
  private final long first;
  private final List<Message> requests = new ArrayList<>();
  private final List<Sent> reads = new ArrayList<>();
  private long head;

  /** A request that both have. */
  private record Sent(
      int step, Message request, CompletableFuture<Answer> etcd, CompletableFuture<Answer> ours) {}

  Run(Side etcd, Side ours, Canonical canonical, Reach reach, long first) {
    this.etcd = etcd;
    this.ours = ours;
    this.canonical = canonical;
    this.reach = reach;
    this.first = first;
    this.head = first;
    watches = new Watches(etcd, ours, this::write);
  }

  /** Runs a program up to its first difference. */
  Optional<Difference> difference(Program program) throws InterruptedException {
    for (Step step : program.steps()) {
      Message request = step.request(new RandomRequests.Revisions(first, head));
      requests.add(request);
      if (isRead(request)) {
        if (!isHashAtMark(request)) {
          reads.add(send(request));
        }
        continue;
      }
      Optional<Difference> difference = readsDifference(program);
      if (difference.isEmpty()) {
        difference =
            attempt(() -> execute(request))
                .map(apart -> difference(program, requests.size(), apart));
      }
      if (difference.isPresent()) {
        return difference;
      }
    }
    Optional<Difference> difference = readsDifference(program);
    if (difference.isPresent()) {
      return difference;
    }
    Optional<Apart> apart = attempt(watches::finish);
    reach.countFragments(ours.watch().fragments());
    return apart.map(found -> difference(program, requests.size(), found));
  }

  private Difference difference(Program program, int steps, Apart apart) {
    return new Difference(program, List.copyOf(requests.subList(0, steps)), apart);
  }

  private static boolean isRead(Message request) {
    return switch (request) {
      case TxnRequest txn -> TxnOperations.readOnly(txn);
      case RangeRequest range -> true;
      case LeaseTimeToLiveRequest lease -> true;
      case LeaseLeasesRequest leases -> true;
      case HashKVRequest hash -> true;
      default -> false;
    };
  }

  /** {@link KnownDifference#HASH_AT_MARK}. */
  private boolean isHashAtMark(Message request) {
    return request instanceof HashKVRequest hash
        && hash.getRevision() > 0
        && hash.getRevision() == watches.mark();
  }

  private Optional<Difference> readsDifference(Program program) {
    for (Sent read : reads) {
      Optional<Apart> apart = compared(read);
      if (apart.isPresent()) {
        return Optional.of(difference(program, read.step() + 1, apart.get()));
      }
    }
    reads.clear();
    return Optional.empty();
  }

  /** What may find that a watch stream is at fault. */
  @FunctionalInterface
  private interface Attempt {
    Optional<Apart> run() throws InterruptedException;
  }

  private Optional<Apart> attempt(Attempt attempt) throws InterruptedException {
    try {
      return attempt.run();
    } catch (WatchStream.Fault e) {
      return Optional.of(
          new Apart(
              requests.getLast(),
              new Answer.Refusal("watch", "no fault"),
              new Answer.Refusal("watch", String.valueOf(e.getMessage()))));
    }
  }

  private Optional<Apart> execute(Message request) throws InterruptedException {
    return switch (request) {
      case WatchCreateRequest watch -> {
        reach.count(watch);
        yield watches.create(watch, head);
      }
      case WatchCancelRequest cancel -> {
        reach.count(cancel);
        yield watches.cancel(cancel, head);
      }
      case WatchProgressRequest progress -> {
        reach.count(progress);
        yield watches.progress(progress);
      }
      case CompactionRequest compaction -> {
        Optional<Apart> apart = watches.delivered();
        yield apart.isPresent() ? apart : compact(compaction);
      }
      case LeaseGrantRequest grant -> grant(grant);
      default -> compared(send(request));
    };
  }

  private Optional<Apart> compact(CompactionRequest request) {
    Sent sent = send(request);
    Optional<Apart> apart = compared(sent);
    if (sent.etcd().join() instanceof Answer.Response) {
      watches.compacted(request.getRevision());
    }
    return apart;
  }

  /** {@link KnownDifference#EXPIRY}: a lease that would end during the program is revoked. */
  private Optional<Apart> grant(LeaseGrantRequest request) {
    Sent sent = send(request);
    Optional<Apart> apart = compared(sent);
    return apart.isEmpty()
            && request.getTTL() < RandomLeases.LONG_TTL
            && etcd.told(request, sent.etcd().join())
                instanceof Answer.Response(LeaseGrantResponse granted)
        ? compared(send(LeaseRevokeRequest.newBuilder().setID(granted.getID()).build()))
        : apart;
  }

  private Sent send(Message request) {
    // Ours first: it is the slower one.
    CompletableFuture<Answer> reply = ours.call(request);
    return new Sent(requests.size() - 1, request, etcd.call(request), reply);
  }

  private Optional<Apart> compared(Sent sent) {
    Answer told = etcd.told(sent.request(), sent.etcd().join());
    Answer expected = canonical.of(sent.request(), told);
    Answer given = canonical.of(sent.request(), ours.told(sent.request(), sent.ours().join()));
    reach.count(sent.request(), told);
    head = Math.max(head, told.revision());
    return expected.equals(given)
        ? Optional.empty()
        : Optional.of(new Apart(sent.request(), expected, given));
  }

  /** A write for the test's own purposes. */
  private long write(Message request) {
    compared(send(request))
        .ifPresent(
            apart -> {
              throw new IllegalStateException(apart.toString());
            });
    return head;
  }
}
