package io.metastore.app.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metastore.core.message.HashKVResponse;
import io.metastore.testkit.history.LinearizabilityChecker;
import io.metastore.testkit.history.Operation;
import io.metastore.testkit.history.Outcome;
import io.metastore.testkit.history.Verdict;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Faults of a cluster under load, one after the other. After each, when all members serve their
 * clients again:
 *
 * <ul>
 *   <li>the history of the load is linearizable, with a read of every key through every member at
 *       its end;
 *   <li>the store tells of every acknowledged write once, of none twice, and of none that failed;
 *   <li>all members have the same hash at the same revision.
 * </ul>
 *
 * <p>Belongs to the test's thread.
 */
final class FaultRun {
  /** Answers that clients of a member must have had to count as served. */
  private static final int SERVED = 4;

  private final ProcessCluster cluster;
  private final Random random;
  private int count;

  FaultRun(ProcessCluster cluster, Random random) {
    this.cluster = cluster;
    this.random = random;
  }

  ProcessCluster cluster() {
    return cluster;
  }

  Random random() {
    return random;
  }

  /** Something bad, and its end: afterwards all members must come to serve again. */
  interface Trouble {
    /** Why it cannot happen here; empty when it can. */
    default Optional<String> impossible(ProcessCluster cluster) throws Exception {
      return Optional.empty();
    }

    /** What comes before the load. */
    default void prepare(FaultRun run) throws Exception {
      // Most need nothing.
    }

    /** Which connections the clients use. */
    default MemberClient client(ProcessCluster cluster, String member) {
      return cluster.client(member);
    }

    void happen(FaultRun run, ClientLoad load) throws Exception;
  }

  /** Lets something happen under load, and checks that it did no harm. */
  void run(String what, Trouble trouble) throws Exception {
    long from = System.nanoTime();
    trouble.prepare(this);
    // None of its revisions is missed; its clients may be ahead of this one already.
    long revision = revision(cluster.leader()) + 1;
    ClientLoad load = ClientLoad.start(cluster, trouble::client, "load" + ++count, random);
    List<Operation> history;
    try {
      load.awaitProgress(cluster.running(), SERVED);
      trouble.happen(this, load);
      load.awaitProgress(cluster.names(), SERVED);
    } catch (Exception | Error e) {
      var unused = load.stop();
      throw new AssertionError(what + ": " + e.getMessage(), e);
    }
    history = load.end();
    check(what, history);
    String watched = cluster.names().get(random.nextInt(cluster.names().size()));
    AppliedWrites.check(history, AppliedWrites.read(cluster, watched, load.prefix(), revision));
    checkHashes(what, cluster.names());
    say(what, history, System.nanoTime() - from);
  }

  /** A member's newest revision, however often its leader changes meanwhile. */
  private long revision(String member) throws Exception {
    AtomicLong revision = new AtomicLong();
    cluster.await(
        "a revision of " + member,
        () -> {
          revision.set(cluster.client(member).revision().orElse(0));
          return revision.get() > 0;
        });
    return revision.get();
  }

  /** Waits until clients of all members but one are served. */
  void awaitOthersServed(ClientLoad load, String member) throws Exception {
    List<String> others = new ArrayList<>(cluster.names());
    others.remove(member);
    load.awaitProgress(others, SERVED);
  }

  /** A member that does not lead. */
  String follower() throws Exception {
    List<String> followers = new ArrayList<>(cluster.names());
    followers.remove(cluster.leader());
    return followers.get(random.nextInt(followers.size()));
  }

  private static void check(String what, List<Operation> history) {
    Verdict verdict = LinearizabilityChecker.check(history);
    if (verdict instanceof Verdict.Violation violation) {
      throw new AssertionError("after " + what + ": " + violation.explanation());
    }
    assertEquals(new Verdict.Linearizable(), verdict, "after " + what);
  }

  /** Checks that members have the same at the same revision, while clients write on or not. */
  void checkHashes(String what, List<String> members) throws Exception {
    long revision = revision(members.getFirst());
    Set<HashKVResponse> hashes = new HashSet<>();
    for (String name : members) {
      // After a linearizable read the member has the revision.
      long unused = revision(name);
      hashes.add(cluster.client(name).hash(revision));
    }
    assertEquals(1, hashes.size(), () -> "after " + what + ": " + hashes);
  }

  private static void say(String what, List<Operation> history, long nanos) {
    long unknown = history.stream().filter(o -> o.outcome() instanceof Outcome.Unknown).count();
    long failed = history.stream().filter(o -> o.outcome() instanceof Outcome.Failed).count();
    System.out.printf(
        "%s: %d operations, %d of unknown outcome, %d failed, %d ms%n",
        what, history.size(), unknown, failed, nanos / 1_000_000);
  }
}
