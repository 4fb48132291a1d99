package io.metastore.app.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The command against a real socket. */
@Timeout(60)
final class ClosedLoopTest {
  @ParameterizedTest
  @CsvSource({"1,1,1", "7,3,100", "50,50,1000", "200,10,150"})
  void sendsExactlyTheTotal(int clients, int conns, int total) throws Exception {
    try (FakeKv server = new FakeKv()) {
      Bench bench =
          Bench.run(
              server,
              "put",
              "--clients",
              "" + clients,
              "--conns",
              "" + conns,
              "--total",
              "" + total);
      assertEquals(0, bench.exitCode(), bench.err());
      assertEquals(total, server.puts.get());
    }
  }

  @Test
  void countsErrorsByText() throws Exception {
    try (FakeKv server = new FakeKv()) {
      server.putStatus =
          n ->
              switch (n % 10) {
                case 3 ->
                    Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: too many requests");
                case 6, 9 ->
                    Status.INVALID_ARGUMENT.withDescription("etcdserver: key is not provided");
                default -> Status.OK;
              };
      Bench bench =
          Bench.run(server, "put", "--clients", "10", "--conns", "2", "--total", "100", "--json");
      assertEquals(1, bench.exitCode());
      Map<?, ?> result = parse(bench.out());
      assertEquals(70, result.get("succeeded"));
      assertEquals(
          Map.of(
              "RESOURCE_EXHAUSTED: etcdserver: too many requests", 10,
              "INVALID_ARGUMENT: etcdserver: key is not provided", 20),
          result.get("errors"));
    }
  }

  @Test
  void prefilledKeysAreAllFound() throws Exception {
    try (FakeKv server = new FakeKv()) {
      Bench bench =
          Bench.run(
              server,
              "range",
              "--prefill",
              "--key-space",
              "100",
              "--val-size",
              "10",
              "--clients",
              "5",
              "--total",
              "500");
      assertEquals(0, bench.exitCode(), bench.out());
      assertEquals(100, server.stored.size());
      assertEquals(100, server.puts.get());
      assertEquals(500, server.ranges.get());
    }
  }

  @Test
  void missingKeysAreErrors() throws Exception {
    try (FakeKv server = new FakeKv()) {
      Bench bench = Bench.run(server, "range", "--total", "5");
      assertEquals(1, bench.exitCode());
      assertTrue(bench.out().contains("5  " + RangeWorkload.NOT_FOUND), bench.out());
    }
  }

  @Test
  void valuesLargerThanTheFlowControlWindowArriveWhole() throws Exception {
    try (FakeKv server = new FakeKv()) {
      String size = Integer.toString(3 << 20);
      Bench bench =
          Bench.run(
              server,
              "put",
              "--val-size",
              size,
              "--clients",
              "4",
              "--total",
              "12",
              "--sequential-keys");
      assertEquals(0, bench.exitCode(), bench.out());
      assertEquals(12, server.stored.size());
      server.stored.forEach(
          (key, value) ->
              assertEquals(ByteString.copyFrom(Values.of(key.toByteArray(), 3 << 20)), value));
    }
  }

  @Test
  void keepsToTheServersLimitOfStreams() throws Exception {
    try (FakeKv server = new FakeKv(3)) {
      Bench bench = Bench.run(server, "put", "--clients", "20", "--total", "400");
      assertEquals(0, bench.exitCode(), bench.out());
      assertEquals(400, server.puts.get());
      assertTrue(server.inFlightMax.get() <= 3, server.inFlightMax + " in flight");
    }
  }

  @Test
  void givesUpOnASilentServer() throws Exception {
    try (FakeKv server = new FakeKv()) {
      server.silent = true;
      Bench bench = Bench.run(server, "put", "--clients", "3", "--give-up", "300ms");
      assertEquals(1, bench.exitCode());
      assertTrue(bench.out().contains("gave up with 3 requests not answered"), bench.out());
    }
  }

  @Test
  void verifyNamesTheAcknowledgedPutThatIsGone(@TempDir Path dir) throws Exception {
    Path acked = dir.resolve("acked");
    try (FakeKv server = new FakeKv()) {
      server.putStatus = n -> n % 4 == 0 ? Status.UNAVAILABLE : Status.OK;
      Bench.run(
          server, "put", "--sequential-keys", "--total", "20", "--record-acked", acked.toString());
      List<String> keys = Files.readAllLines(acked);
      assertEquals(15, keys.size());

      Bench whole = Bench.run(server, "verify", "--acked", acked.toString());
      assertEquals(0, whole.exitCode(), whole.out());
      assertEquals("verified 15 of 15 acknowledged puts", whole.out().strip());

      server.stored.remove(ByteString.copyFromUtf8(keys.get(7)));
      server.stored.put(ByteString.copyFromUtf8(keys.get(8)), ByteString.copyFromUtf8("other"));
      Bench broken = Bench.run(server, "verify", "--acked", acked.toString());
      assertEquals(1, broken.exitCode());
      assertTrue(broken.out().contains(VerifyWorkload.MISSING + ": " + keys.get(7)), broken.out());
      assertTrue(broken.out().contains(VerifyWorkload.WRONG + ": " + keys.get(8)), broken.out());
      assertTrue(broken.out().contains("verified 13 of 15 acknowledged puts"), broken.out());
    }
  }

  @Test
  void jsonHoldsWhatAScriptNeeds(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("result.json");
    try (FakeKv server = new FakeKv()) {
      Bench bench =
          Bench.run(server, "put", "--clients", "2", "--total", "20", "--json", file.toString());
      assertTrue(bench.out().startsWith("put: 20 requests in "), bench.out());
      Map<?, ?> result = parse(Files.readString(file));
      assertEquals("put", result.get("operation"));
      assertEquals(20, result.get("succeeded"));
      assertEquals(0, result.get("failed"));
      assertTrue((double) field(result, "perSecond") > 0);
      assertEquals(
          List.of("mean", "p50", "p90", "p99", "p99.9", "max"),
          List.copyOf(((Map<?, ?>) field(result, "latencyMillis")).keySet()));
      Map<?, ?> settings = (Map<?, ?>) field(result, "settings");
      assertEquals(List.of(server.endpoint()), settings.get("endpoints"));
      assertEquals(2, settings.get("clients"));
      assertEquals(256, settings.get("valueSize"));
    }
  }

  private static Object field(Map<?, ?> json, String name) {
    return Objects.requireNonNull(json.get(name), name);
  }

  private static Map<?, ?> parse(String json) {
    return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(json);
  }
}
