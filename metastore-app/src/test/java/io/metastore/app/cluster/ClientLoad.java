package io.metastore.app.cluster;

import io.metastore.testkit.history.Action;
import io.metastore.testkit.history.HistoryRecorder;
import io.metastore.testkit.history.Operation;
import io.metastore.testkit.history.Outcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients of every member, which put, read, delete and swap a few keys at a steady rate until they
 * are stopped, every value unlike all others, and record it. A load has keys of its own. Belongs to
 * the test's thread.
 */
final class ClientLoad {
  static final int KEYS = 4;
  private static final int CLIENTS_PER_MEMBER = 2;
  private static final long PACE_MILLIS = 70;

  private final ProcessCluster cluster;
  private final String name;
  private final HistoryRecorder history = new HistoryRecorder();
  private final List<Thread> threads = new ArrayList<>();
  private final Map<String, AtomicLong> acknowledged = new HashMap<>();
  private final CountDownLatch stop = new CountDownLatch(1);

  private ClientLoad(ProcessCluster cluster, String name) {
    this.cluster = cluster;
    this.name = name;
  }

  /** Which connection clients of a member use. */
  interface Connections {
    MemberClient client(ProcessCluster cluster, String member);
  }

  /** Starts the clients. */
  static ClientLoad start(
      ProcessCluster cluster, Connections connections, String name, Random random) {
    ClientLoad load = new ClientLoad(cluster, name);
    for (String member : cluster.names()) {
      AtomicLong count = new AtomicLong();
      load.acknowledged.put(member, count);
      for (int i = 0; i < CLIENTS_PER_MEMBER; i++) {
        Random own = new Random(random.nextLong());
        String client = member + "/" + i;
        load.threads.add(
            Thread.ofVirtual()
                .name(client)
                .start(() -> load.run(client, connections.client(cluster, member), own, count)));
      }
    }
    return load;
  }

  /** What all its keys begin with. */
  String prefix() {
    return name + "-";
  }

  List<String> keys() {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      keys.add(prefix() + i);
    }
    return keys;
  }

  /** Waits until clients of each of these members have had so many more answers. */
  void awaitProgress(Collection<String> members, int answers) throws Exception {
    Map<String, Long> enough = new HashMap<>();
    for (String member : members) {
      enough.put(member, acknowledged(member) + answers);
    }
    for (Map.Entry<String, Long> member : enough.entrySet()) {
      try {
        cluster.await(
            "answers to clients of " + member.getKey(),
            () -> acknowledged(member.getKey()) >= member.getValue());
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + lastAnswers(member.getKey()), e);
      }
    }
  }

  private String lastAnswers(String member) {
    List<Operation> all =
        history.operations().stream().filter(o -> o.client().startsWith(member + "/")).toList();
    return "last answers to its clients: " + all.subList(Math.max(0, all.size() - 6), all.size());
  }

  private long acknowledged(String member) {
    return Objects.requireNonNull(acknowledged.get(member), member).get();
  }

  /** Stops the clients, and gives what was recorded. */
  List<Operation> stop() throws InterruptedException {
    stop.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    return history.operations();
  }

  /** Stops the clients, reads every key through every member, and gives all that was recorded. */
  List<Operation> end() throws Exception {
    List<Operation> unused = stop();
    for (String member : cluster.names()) {
      for (String key : keys()) {
        cluster.await("a last read through " + member, () -> isRead(member, key));
      }
    }
    return history.operations();
  }

  private boolean isRead(String member, String key) {
    Action get = new Action.Get();
    HistoryRecorder.Running running = history.begin(member + "/end", key, get);
    return running.end(cluster.client(member).run(key, get)).outcome().isAcknowledged();
  }

  private void run(String client, MemberClient member, Random random, AtomicLong count) {
    Map<String, Optional<String>> last = new HashMap<>();
    try {
      for (int i = 0; true; i++) {
        String key = prefix() + random.nextInt(KEYS);
        Action action = action(random, client + "#" + i, last.getOrDefault(key, Optional.empty()));
        HistoryRecorder.Running running = history.begin(client, key, action);
        Outcome outcome = member.run(key, action);
        var unused = running.end(outcome);
        if (outcome.isAcknowledged()) {
          count.incrementAndGet();
          remember(last, key, action, outcome);
        }
        if (stop.await(PACE_MILLIS / 2 + random.nextLong(PACE_MILLIS), TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Action action(Random random, String value, Optional<String> expected) {
    return switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> new Action.Get();
      case 4, 5, 6 -> new Action.Put(value);
      case 7, 8 -> new Action.CompareAndSwap(expected, value);
      default -> new Action.Delete();
    };
  }

  /** What a swap may expect next: right often enough, wrong when another client was here. */
  private static void remember(
      Map<String, Optional<String>> last, String key, Action action, Outcome outcome) {
    switch (action) {
      case Action.Put put -> last.put(key, Optional.of(put.value()));
      case Action.Delete delete -> last.put(key, Optional.empty());
      case Action.CompareAndSwap swap -> last.put(key, Optional.of(swap.value()));
      case Action.Get get -> {
        if (outcome instanceof Outcome.Read read) {
          last.put(key, read.value());
        }
      }
    }
  }
}
