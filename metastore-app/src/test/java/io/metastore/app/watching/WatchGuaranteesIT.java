package io.metastore.app.watching;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.metastore.app.ServerProcess;
import io.metastore.app.grpc.stub.KVGrpc;
import io.metastore.app.grpc.stub.KVGrpc.KVBlockingStub;
import io.metastore.app.grpc.stub.WatchGrpc;
import io.metastore.app.grpc.stub.WatchGrpc.WatchStub;
import io.metastore.core.message.RangeRequest;
import io.metastore.testkit.model.Command.Watch;
import io.metastore.testkit.model.KeyEvent;
import io.metastore.testkit.model.Keys;
import io.metastore.testkit.storage.Seed;
import io.metastore.testkit.storage.Together;
import io.metastore.testkit.watch.EventHistory;
import io.metastore.testkit.watch.RecordedWatch;
import io.metastore.testkit.watch.WatchGuarantee;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Writers and watchers on a whole server, which is killed and started again meanwhile. */
final class WatchGuaranteesIT {
  private static final long NEVER_COMPACTED = -1;

  /** Transactions that are acknowledged before the server is killed, and again after it. */
  private static final int WRITES = 60;

  private static final int BREAKS = 3;

  /** Room for one transaction, so that responses with history are cut in fragments. */
  private static final int REQUEST_BYTES_MAX = 8192;

  @TempDir private Path folder;

  @DisplayName("91: every guarantee holds over broken streams and a killed server")
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"memory", "rocksdb"})
  void guaranteesOutliveTheServer(String engine) throws Exception {
    Random random = Seed.random("guaranteesOutliveTheServer, " + engine);
    String[] flags = {"--storage=" + engine, "--max-request-bytes=" + REQUEST_BYTES_MAX};
    ServerProcess server = ServerProcess.start(folder, flags);
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.clientPort()).usePlaintext().build();
    RandomWriter writer = new RandomWriter(kv(channel), new Random(random.nextLong()));
    List<ReconnectingWatch> watches = watches(channel, random);
    try (Together writing = new Together();
        Together watching = new Together()) {
      writing.run(Executors.callable(writer));
      watches.forEach(watch -> watching.run(Executors.callable(watch)));
      awaitWrites(writer, watches, random);
      server.kill();
      server = ServerProcess.restart(folder, server.clientPort(), flags);
      channel.resetConnectBackoff();
      // The new process remembers nothing: these are told all of history from the store.
      List<ReconnectingWatch> late = late(channel);
      late.forEach(watch -> watching.run(Executors.callable(watch)));
      awaitWrites(writer, watches, random);
      writer.stop();
      writing.join();
      long revision = kv(channel).range(one()).getHeader().getRevision();
      watches.forEach(watch -> watch.endAt(revision));
      late.forEach(watch -> watch.endAt(revision));
      watching.join();
      List<KeyEvent> events = KeyHistory.read(kv(channel), revision);
      check(watches, events);
      check(late, events);
      assertNothingIsLost(writer, events);
      assertTrue(
          watches.stream().allMatch(watch -> watch.recorded().parts().size() > 1),
          "a stream has outlived its server");
    } finally {
      channel.shutdownNow();
      server.close();
    }
  }

  /** Waits for some more acknowledged writes, and breaks some streams meanwhile. */
  private static void awaitWrites(
      RandomWriter writer, List<ReconnectingWatch> watches, Random random) throws Exception {
    int before = writer.acknowledged().size();
    for (int i = 1; i <= BREAKS; i++) {
      int next = before + i * WRITES / BREAKS;
      Together.await(next + " writes are acknowledged", () -> writer.acknowledged().size() >= next);
      watches.get(random.nextInt(watches.size())).breakStream();
    }
  }

  private static List<ReconnectingWatch> watches(ManagedChannel channel, Random random) {
    Keys all = new Keys("k", "l");
    List<Watch> asked =
        List.of(
            new Watch(all, 1, true, true, true),
            new Watch(all, 1 + random.nextInt(WRITES), false, true, true),
            new Watch(new Keys("k2", "k6"), 2, true, true, true),
            new Watch(Keys.of("k1"), 2, true, true, true),
            new Watch(all, WRITES, true, false, true),
            new Watch(new Keys("k3", Keys.OPEN), 2, true, true, false));
    return asked.stream()
        .map(
            watch ->
                new ReconnectingWatch(
                    WatchGrpc.newStub(channel).withWaitForReady(), watch, random.nextBoolean()))
        .toList();
  }

  private static List<ReconnectingWatch> late(ManagedChannel channel) {
    WatchStub stub = WatchGrpc.newStub(channel).withWaitForReady();
    return List.of(
        new ReconnectingWatch(stub, new Watch(Keys.all(), 1, true, true, true), true),
        new ReconnectingWatch(stub, new Watch(Keys.all(), 2, true, true, true), false),
        new ReconnectingWatch(stub, new Watch(new Keys("k2", "k5"), 20, true, false, true), false));
  }

  private static void check(List<ReconnectingWatch> watches, List<KeyEvent> events) {
    EventHistory history = new EventHistory(events, NEVER_COMPACTED);
    for (ReconnectingWatch watch : watches) {
      RecordedWatch recorded = watch.recorded();
      assertEquals(
          Map.of(), WatchGuarantee.broken(recorded, history), () -> recorded.asked().toString());
    }
  }

  private static void assertNothingIsLost(RandomWriter writer, List<KeyEvent> events) {
    Map<Long, SortedMap<String, String>> put = new HashMap<>();
    for (KeyEvent event : events) {
      if (event.put()) {
        put.computeIfAbsent(event.revision(), revision -> new TreeMap<>())
            .put(event.key().key(), event.key().value());
      }
    }
    writer
        .acknowledged()
        .forEach((revision, puts) -> assertEquals(puts, put.get(revision), "lost: " + revision));
  }

  private static KVBlockingStub kv(ManagedChannel channel) {
    return KVGrpc.newBlockingStub(channel).withWaitForReady();
  }

  private static RangeRequest one() {
    return RangeRequest.newBuilder().setKey(Wire.bytes("k")).build();
  }
}
