package io.metastore.app.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.protobuf.Message;
import io.metastore.app.Installed;
import io.metastore.app.Sizes;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.HashKVRequest;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseKeepAliveRequest;
import io.metastore.core.message.LeaseLeasesRequest;
import io.metastore.core.message.LeaseRevokeRequest;
import io.metastore.core.message.LeaseTimeToLiveRequest;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.WatchCancelRequest;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchProgressRequest;
import io.metastore.testkit.storage.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Random programs find no difference between our node and etcd.
 *
 * <p>A longer run: {@code -Dmetastore.differential.programs=10000}. The run of a seed again: {@code
 * -Dmetastore.seed=...}; programs of even seeds run on the memory engine, of odd ones on RocksDB.
 */
final class DifferentialIT {
  private static final int PROGRAMS = Sizes.of("metastore.differential.programs", 30, 300);
  private static final int STEPS = 200;
  private static final long SEED = Seed.of("DifferentialIT");
  private static final Duration SHRINKING = Duration.ofSeconds(60);

  /** More than it takes on the slowest machine: what is smallest does not depend on the time. */
  private static final Duration UNTIL_SMALLEST = Duration.ofMinutes(10);

  private static final List<String> ENGINES = List.of("memory", "rocksdb");

  /** Whether so many programs run that each thing they can meet is met. */
  private static final boolean MANY = PROGRAMS >= 300;

  private Path folder;

  @BeforeEach
  void etcdIsInstalled() throws IOException {
    Installed.require(Etcd.EXECUTABLE, "etcd-server");
    // Both sides wait for the disk at every write; what they answer does not depend on it.
    Path memory = Path.of("/dev/shm");
    folder =
        Files.isWritable(memory)
            ? Files.createTempDirectory(memory, "metastore-differential")
            : Files.createTempDirectory("metastore-differential");
  }

  @AfterEach
  void removeFolder() throws IOException {
    if (folder != null) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  @Test
  void everyAnswerIsEtcds() throws Exception {
    System.out.println("DifferentialIT: seed " + SEED + " and the " + PROGRAMS + " from there");
    // A program waits for one answer at a time: two at once make use of the time.
    try (ExecutorService lanes = Executors.newFixedThreadPool(ENGINES.size())) {
      List<Future<Void>> ends = new ArrayList<>();
      for (String engine : ENGINES) {
        ends.add(
            lanes.submit(
                () -> {
                  everyAnswerIsEtcds(engine);
                  return null;
                }));
      }
      for (Future<Void> end : ends) {
        end.get();
      }
    }
  }

  private void everyAnswerIsEtcds(String engine) throws Exception {
    long start = System.nanoTime();
    Path lane = folder.resolve(engine);
    try (ClientLoop loop = new ClientLoop();
        Etcd etcd = Etcd.start(lane);
        OurNode node = OurNode.start(lane, engine);
        Subject theirs = new Subject("etcd", etcd.port(), loop.group());
        Subject ours = new Subject("ours", node.port(), loop.group())) {
      Duel duel = new Duel(theirs, ours, Canonical.OF_BOTH_PRODUCTS);
      for (long seed = SEED; seed < SEED + PROGRAMS; seed++) {
        if (engine(seed).equals(engine)) {
          Optional<Difference> difference = duel.run(Program.of(seed, STEPS));
          if (difference.isPresent()) {
            report(seed, difference.get(), new Shrinker(duel, SHRINKING));
          }
        }
      }
      long millis = (System.nanoTime() - start) / 1_000_000;
      System.out.println("DifferentialIT: " + engine + " " + millis + " ms, " + duel.reach());
      if (MANY) {
        assertReach(duel.reach());
      }
    }
  }

  /** What cannot be compared with etcd: its hash is over its own records. */
  @Test
  void bothEnginesAnswerAlikeHashesIncluded() throws Exception {
    try (ClientLoop loop = new ClientLoop();
        OurNode memory = OurNode.start(folder.resolve("a"), "memory");
        OurNode rocksDb = OurNode.start(folder.resolve("b"), "rocksdb");
        Subject one = new Subject("memory", memory.port(), loop.group());
        Subject other = new Subject("rocksdb", rocksDb.port(), loop.group())) {
      Duel duel = new Duel(new GivenLeases(one), new GivenLeases(other), Canonical.OF_OUR_NODES);
      for (long seed = SEED; seed < SEED + PROGRAMS / 20; seed++) {
        Optional<Difference> difference = duel.run(Program.of(seed, STEPS));
        if (difference.isPresent()) {
          report(seed, difference.get(), new Shrinker(duel, SHRINKING));
        }
      }
      if (MANY) {
        assertTrue(duel.reach().answered(HashKVRequest.class) > 5, duel.reach().toString());
      }
    }
  }

  private static String engine(long seed) {
    return ENGINES.get(Math.floorMod(seed, ENGINES.size()));
  }

  private static void report(long seed, Difference found, Shrinker shrinker)
      throws InterruptedException {
    fail(
        "our node differs from etcd: seed %d (%s), step %d%n%s%nminimal program:%n%s"
            .formatted(seed, engine(seed), found.step(), found.apart(), shrinker.shrink(found)));
  }

  private static void assertReach(Reach reach) {
    for (Class<? extends Message> type :
        List.of(
            RangeRequest.class,
            PutRequest.class,
            DeleteRangeRequest.class,
            TxnRequest.class,
            CompactionRequest.class,
            LeaseGrantRequest.class,
            LeaseRevokeRequest.class,
            LeaseKeepAliveRequest.class,
            LeaseTimeToLiveRequest.class,
            LeaseLeasesRequest.class,
            HashKVRequest.class,
            WatchCreateRequest.class,
            WatchCancelRequest.class,
            WatchProgressRequest.class)) {
      assertTrue(reach.answered(type) > 20, type + ": " + reach);
    }
    for (String text :
        List.of(
            "key is not provided",
            "key not found",
            "value is provided",
            "lease is provided",
            "too many operations in txn request",
            "duplicate key given in txn request",
            "mvcc: required revision has been compacted",
            "mvcc: required revision is a future revision",
            "requested lease not found",
            "lease already exists",
            "too large lease TTL",
            "request is too large")) {
      assertTrue(reach.refused("etcdserver: " + text) > 0, text + ": " + reach);
    }
    assertTrue(reach.fragments() > 0, reach.toString());
  }

  /** The test of the test: a wrong answer in a rare case is found, and its program is small. */
  @Test
  void plantedFaultIsFoundAndItsProgramIsSmall() throws Exception {
    try (ClientLoop loop = new ClientLoop();
        Etcd etcd = Etcd.start(folder);
        OurNode node = OurNode.start(folder, "memory");
        Subject theirs = new Subject("etcd", etcd.port(), loop.group());
        Subject ours = new Subject("ours", node.port(), loop.group())) {
      Duel duel = new Duel(theirs, new Faulty(ours), Canonical.OF_BOTH_PRODUCTS);
      Optional<Difference> found = Optional.empty();
      for (long seed = SEED; found.isEmpty() && seed < SEED + PROGRAMS; seed++) {
        found = duel.run(Program.of(seed, STEPS));
      }
      Difference smallest = new Shrinker(duel, UNTIL_SMALLEST).shrink(found.orElseThrow());
      assertEquals(RangeRequest.class, smallest.apart().request().getClass());
      assertTrue(smallest.requests().size() <= 4, smallest.toString());
    }
  }

  /** Says of a key's second version that it is the first. */
  private record Faulty(Subject subject) implements Duel.Server {
    @Override
    public CompletableFuture<Answer> call(Message request) {
      return subject.call(request).thenApply(DifferentialIT::withoutSecondVersion);
    }

    @Override
    public WatchStream watch() {
      return subject.watch();
    }
  }

  /** Picks the ids of leases instead of the server, as hashes are over them too. */
  private static final class GivenLeases implements Duel.Server {
    private final Subject subject;
    private long next = 1L << 40;

    GivenLeases(Subject subject) {
      this.subject = subject;
    }

    @Override
    public CompletableFuture<Answer> call(Message request) {
      return subject.call(
          request instanceof LeaseGrantRequest grant && grant.getID() == 0
              ? grant.toBuilder().setID(next++).build()
              : request);
    }

    @Override
    public WatchStream watch() {
      return subject.watch();
    }
  }

  private static Answer withoutSecondVersion(Answer answer) {
    if (answer instanceof Answer.Response(RangeResponse range)) {
      RangeResponse.Builder wrong = range.toBuilder();
      wrong.getKvsBuilderList().stream()
          .filter(kv -> kv.getVersion() == 2)
          .forEach(kv -> kv.setVersion(1));
      return new Answer.Response(wrong.build());
    }
    return answer;
  }
}
