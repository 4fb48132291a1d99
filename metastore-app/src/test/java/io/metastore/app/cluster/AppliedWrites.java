package io.metastore.app.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.stub.StreamObserver;
import io.metastore.core.message.Event;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchRequest;
import io.metastore.core.message.WatchResponse;
import io.metastore.testkit.history.Action;
import io.metastore.testkit.history.Operation;
import io.metastore.testkit.history.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Every write that the store says it has applied, against what clients were told. */
final class AppliedWrites {
  private static final long DEADLINE_SECONDS = 30;

  private AppliedWrites() {}

  /** Everything a member has of some keys since a revision, in order. */
  static List<Event> read(ProcessCluster cluster, String member, String prefix, long from)
      throws Exception {
    MemberClient client = cluster.client(member);
    // A put of the test's own behind everything else ends it.
    String end = prefix + "end";
    cluster.await("a last put", () -> client.run(end, new Action.Put(prefix)).isAcknowledged());
    BlockingQueue<WatchResponse> responses = new LinkedBlockingQueue<>();
    StreamObserver<WatchRequest> requests = client.watches().watch(new Collector(responses));
    requests.onNext(
        WatchRequest.newBuilder()
            .setCreateRequest(
                WatchCreateRequest.newBuilder()
                    .setKey(MemberClient.bytes(prefix))
                    .setRangeEnd(MemberClient.bytes(prefix.substring(0, prefix.length() - 1) + "."))
                    .setStartRevision(from))
            .build());
    List<Event> events = new ArrayList<>();
    try {
      while (true) {
        WatchResponse response = responses.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
        if (response == null) {
          throw new AssertionError("the watch does not end; so far: " + events);
        }
        for (Event event : response.getEventsList()) {
          if (event.getKv().getKey().toStringUtf8().equals(end)) {
            return events;
          }
          events.add(event);
        }
      }
    } finally {
      requests.onCompleted();
    }
  }

  private record Collector(BlockingQueue<WatchResponse> responses)
      implements StreamObserver<WatchResponse> {
    @Override
    public void onNext(WatchResponse response) {
      responses.add(response);
    }

    @Override
    public void onError(Throwable failure) {
      // Whoever waits for a response finds that there is none.
    }

    @Override
    public void onCompleted() {
      // The same.
    }
  }

  /** No acknowledged write is missing, none is there twice, and no failed one at all. */
  static void check(List<Operation> history, List<Event> events) {
    Map<String, Integer> applied = new HashMap<>();
    Map<String, Integer> deletes = new HashMap<>();
    for (Event event : events) {
      String key = event.getKv().getKey().toStringUtf8();
      if (event.getType() == Event.EventType.PUT) {
        applied.merge(key + "=" + event.getKv().getValue().toStringUtf8(), 1, Integer::sum);
      } else {
        deletes.merge(key, 1, Integer::sum);
      }
    }
    for (Operation operation : history) {
      switch (operation.action()) {
        case Action.Put put ->
            checkWrite(operation, put.value(), applied, operation.outcome().isAcknowledged());
        case Action.CompareAndSwap swap ->
            checkWrite(
                operation,
                swap.value(),
                applied,
                operation.outcome() instanceof Outcome.Swapped swapped && swapped.done());
        case Action.Delete delete -> checkDeletes(operation.key(), history, deletes);
        case Action.Get get -> {
          // Changes nothing.
        }
      }
    }
  }

  private static void checkWrite(
      Operation operation, String value, Map<String, Integer> applied, boolean done) {
    int times = applied.getOrDefault(operation.key() + "=" + value, 0);
    if (operation.outcome() instanceof Outcome.Unknown) {
      assertTrue(times <= 1, () -> "applied " + times + " times: " + operation);
    } else {
      assertEquals(done ? 1 : 0, times, () -> "applied " + times + " times: " + operation);
    }
  }

  private static void checkDeletes(
      String key, List<Operation> history, Map<String, Integer> deletes) {
    int done = 0;
    int unknown = 0;
    for (Operation operation : history) {
      if (operation.key().equals(key) && operation.action() instanceof Action.Delete) {
        done += operation.outcome() instanceof Outcome.Deleted deleted && deleted.existed() ? 1 : 0;
        unknown += operation.outcome() instanceof Outcome.Unknown ? 1 : 0;
      }
    }
    int applied = deletes.getOrDefault(key, 0);
    String figures = key + ": " + applied + " deletes, " + done + " done, " + unknown + " unknown";
    assertTrue(applied >= done && applied <= done + unknown, figures);
  }
}
