package io.metastore.app.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The watch commands against a real socket. */
@Timeout(60)
final class WatchRunTest {
  private static Bench watch(FakeKv server, String... options) {
    List<String> args = new ArrayList<>(List.of("watch", "--give-up", "500ms", "--json"));
    args.addAll(Arrays.asList(options));
    return Bench.run(server, args.toArray(String[]::new));
  }

  private static long errors(Bench bench, String text) {
    Object count = ((Map<?, ?>) bench.field("errors")).get(text);
    return count == null ? 0 : ((Number) count).longValue();
  }

  @ParameterizedTest
  @CsvSource({"1,1,1,1,1,20,20", "10,3,1,1,2,20,200", "6,6,6,1,1,18,18", "7,2,4,2,1,40,140"})
  void everyWatcherOfAPutsKeyGetsItsEvent(
      int watchers, int streams, int keys, int rangeKeys, int conns, int puts, long events)
      throws Exception {
    try (FakeKv server = new FakeKv()) {
      Bench bench =
          watch(
              server,
              "--watchers %d --streams %d --watched-keys %d --range-keys %d --conns %d --total %d"
                  .formatted(watchers, streams, keys, rangeKeys, Math.min(conns, streams), puts)
                  .split(" "));
      assertEquals(0, bench.exitCode(), bench.out() + bench.err());
      assertEquals((int) events, bench.field("events"));
      assertEquals(puts, bench.field("puts"));
      assertEquals(puts, server.puts.get());
    }
  }

  @Test
  void warmUpIsNotMeasured() throws Exception {
    try (FakeKv server = new FakeKv()) {
      Bench bench =
          Bench.run(
              ("watch --watchers 4 --streams 2 --total 10 --json --warmup 50ms --endpoints "
                      + server.endpoint())
                  .split(" "));
      assertEquals(0, bench.exitCode(), bench.out() + bench.err());
      assertTrue(server.puts.get() > 10, "no warm-up");
      assertEquals(10, bench.field("puts"));
      assertEquals(40, bench.field("events"));
    }
  }

  @Test
  void aLostEventIsReported() throws Exception {
    try (FakeKv server = new FakeKv()) {
      server.watches.lost = 7;
      Bench bench = watch(server, "--watchers", "3", "--streams", "1", "--total", "5");
      assertEquals(1, bench.exitCode(), bench.out());
      assertEquals(1, errors(bench, WatchFleet.MISSED), bench.out());
    }
  }

  @Test
  void anEventThatComesTwiceIsReported() throws Exception {
    try (FakeKv server = new FakeKv()) {
      server.watches.repeated = 4;
      Bench bench = watch(server, "--watchers", "3", "--streams", "1", "--total", "5");
      assertEquals(1, bench.exitCode(), bench.out());
      assertEquals(1, errors(bench, WatchReader.DISORDER), bench.out());
    }
  }

  @Test
  void aWatchThatIsCanceledEndsTheRun() throws Exception {
    try (FakeKv server = new FakeKv()) {
      server.watches.canceling = true;
      Bench bench = watch(server, "--watchers", "3", "--streams", "1", "--total", "5");
      assertEquals(1, bench.exitCode(), bench.out());
      assertTrue((bench.out() + bench.err()).contains("watch canceled: so told"), bench.err());
    }
  }

  @Test
  void idleWatchersHaveKeysOfTheirOwnAndGetNothing() throws Exception {
    try (FakeKv server = new FakeKv()) {
      Bench bench =
          watch(
              server,
              ("--watchers 2 --idle-watchers 1000 --streams 4 --watched-keys 2 --range-keys 2"
                      + " --total 10 --hold 1ms")
                  .split(" "));
      assertEquals(0, bench.exitCode(), bench.out() + bench.err());
      assertTrue(bench.err().contains("all 1002 watches are there"), bench.err());
      assertEquals(1002, server.watches.count());
      assertEquals(1001, server.watches.keys().stream().distinct().count());
      assertEquals(20, bench.field("events"));
    }
  }

  @Test
  void onlyIdleWatchersMeansNoPut() throws Exception {
    try (FakeKv server = new FakeKv()) {
      Bench bench = watch(server, "--watchers", "0", "--idle-watchers", "20");
      assertEquals(0, bench.exitCode(), bench.out() + bench.err());
      assertEquals(0, server.puts.get());
      assertEquals(20, server.watches.count());
    }
  }

  @Test
  void latencyIsMeasuredAtItsRate() throws Exception {
    try (FakeKv server = new FakeKv()) {
      Bench bench =
          Bench.run(
              server,
              "watch-latency --watchers 3 --put-rate 200 --total 40 --val-size 8 --json"
                  .split(" "));
      assertEquals(0, bench.exitCode(), bench.out() + bench.err());
      assertEquals(120, bench.field("events"));
      double seconds = (double) bench.field("seconds");
      assertTrue(seconds >= 39 / 200.0, "40 puts at 200 per second took " + seconds);
      Map<?, ?> delay = (Map<?, ?>) bench.field("delayMillis");
      assertTrue(delay.get("p99") instanceof Double p99 && p99 > 0, bench.out());
    }
  }

  @Test
  void planSharesWatchersOut() {
    WatchPlan plan = new WatchPlan(7, 3, 4, 6, 2);
    assertEquals(3, plan.blocks());
    assertEquals(7, plan.watchersOf(0) + plan.watchersOf(1) + plan.watchersOf(2));
    assertEquals(3, plan.watchersOf(0));
    assertEquals(2, plan.blockOfPut(11));
    int all = 0;
    for (int stream = 0; stream < 4; stream++) {
      all += plan.watchersOn(stream);
    }
    assertEquals(10, all);
  }
}
