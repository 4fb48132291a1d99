package io.metastore.app.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.Message;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.WatchCreateRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random programs find no difference between our node and etcd.
 *
 * <p>A longer run: {@code -Dmetastore.differential.programs=10000}. The run of a seed again: {@code
 * -Dmetastore.seed=...}; programs of even seeds run on the memory engine, of odd ones on RocksDB.
 */
final class DifferentialIT {
  private static final int PROGRAMS = Integer.getInteger("metastore.differential.programs", 300);
  private static final int STEPS = 200;
  private static final long SEED = Long.getLong("metastore.seed", System.nanoTime() & 0xFFFF_FFFFL);
  private static final Duration SHRINKING = Duration.ofSeconds(60);

  /** Whether so many programs run that each thing they can meet is met. */
  private static final boolean MANY = PROGRAMS >= 100;

  private Path folder;

  @BeforeEach
  void etcdIsInstalled() throws IOException {
    assumeTrue(
        Files.isExecutable(Etcd.EXECUTABLE),
        "etcd is not installed (Debian: apt install etcd-server)");
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

  @ParameterizedTest
  @ValueSource(strings = {"memory", "rocksdb"})
  void everyAnswerIsEtcds(String engine) throws Exception {
    System.out.println("DifferentialIT: seed " + SEED + " and the " + PROGRAMS + " from there");
    long start = System.nanoTime();
    try (Etcd etcd = Etcd.start(folder);
        OurNode node = OurNode.start(folder, engine);
        Subject theirs = new Subject(etcd.port());
        Subject ours = new Subject(node.port())) {
      Duel duel = new Duel(theirs, ours);
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

  private static String engine(long seed) {
    return seed % 2 == 0 ? "memory" : "rocksdb";
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
            WatchCreateRequest.class)) {
      assertTrue(reach.answered(type) > 50, type + ": " + reach);
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
            "request is too large")) {
      assertTrue(reach.refused("etcdserver: " + text) > 0, text + ": " + reach);
    }
  }

  /** The test of the test: a wrong answer in a rare case is found, and its program is small. */
  @Test
  void plantedFaultIsFoundAndItsProgramIsSmall() throws Exception {
    try (Etcd etcd = Etcd.start(folder);
        OurNode node = OurNode.start(folder, "memory");
        Subject theirs = new Subject(etcd.port());
        Subject ours = new Subject(node.port())) {
      Duel duel = new Duel(theirs, new Faulty(ours));
      Optional<Difference> found = Optional.empty();
      for (long seed = SEED; found.isEmpty() && seed < SEED + PROGRAMS; seed++) {
        found = duel.run(Program.of(seed, STEPS));
      }
      Difference smallest = new Shrinker(duel, SHRINKING).shrink(found.orElseThrow());
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
