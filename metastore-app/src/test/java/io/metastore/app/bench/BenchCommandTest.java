package io.metastore.app.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BenchCommandTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          put --clients 0           | --clients      | '0'    | must be from 1 to 1000000
          put --clients abc         | --clients      | 'abc'  | must be a whole number
          put --conns 2             | --conns        | '2'    | must not be more than --clients, 1
          put --total -1            | --total        | '-1'   | must be from 1 to
          put --rate 0              | --rate         | '0.0'  | must be above 0
          put --rate fast           | --rate         | 'fast' | must be a number of requests per second
          put --rate NaN            | --rate         | 'NaN'  | must be above 0
          put --warmup 5            | --warmup       | '5'    | must be a duration such as 500ms, 10s
          put --duration 0s         | --duration     | '0'    | must be longer than nothing
          put --endpoints nowhere   | --endpoints    | 'nowhere' | is not host:port
          put --endpoints a:0       | --endpoints    | 'a:0'  | has no port between 1 and 65535
          put --endpoints a:1,b:1   | --conns        | '1'    | at least 1 for each of the 2 endpoints
          put --key-size 10         | --key-size     | '10'   | must be at least 11 to number 100000 keys
          put --key-space 0         | --key-space    | '0'    | must be from 1 to
          put --val-size -1         | --val-size     | '-1'   | must be from 0 to
          put --threads 0           | --threads      | '0'    | must be from 1 to 256
          put --give-up 0s          | --give-up      | '0'    | must be longer than nothing
          verify --acked bench --val-size -1 | --val-size | '-1' | must be from 0 to
          txn --txn-ops 0           | --txn-ops      | '0'    | must be from 1 to
          txn --txn-ops 2 --txn-gets 3 | --txn-gets  | '3'    | must be from 0 to 2
          txn --txn-ops 3 --key-space 2 | --txn-ops  | '3'    | must not be more than --key-space
          txn --rate 0              | --rate         | '0.0'  | must be above 0
          watch --watchers 0        | --watchers     | '0'    | leaves nobody who watches
          watch --watchers 5        | --streams      | '10'   | must be from 1 to 5
          watch --conns 11          | --conns        | '11'   | must not be more than streams, 10
          watch --watched-keys 3 --range-keys 2 | --range-keys | '2' | must divide --watched-keys, 3
          watch --put-rate 0        | --put-rate     | '0.0'  | must be above 0
          watch --val-size 7        | --val-size     | '7'    | must be at least 8
          watch-latency --conns 20  | --conns        | '20'   | must not be more than streams, 10
          lease-keepalive --leases 0 | --leases      | '0'    | must be from 1 to
          lease-keepalive --conns 2 --streams 1 | --streams | '1' | must be from 2 to
          lease-keepalive --ttl 0   | --ttl          | '0'    | must be from 1 to
          compact --around 0s       | --around       | '0'    | must be longer than nothing
          verify --acked /nowhere/x | --acked        | '/nowhere/x' | must be a file that can be read
          range --frobnicate        | --frobnicate   | Unknown | option
          range --serializable --linearizable | --serializable | --linearizable | mutually exclusive
          """)
  void wrongOptionIsOneLineThatSaysWhatIsAllowed(
      String args, String option, String value, String allowed) {
    Bench bench = Bench.run(args.split(" "));
    assertEquals(2, bench.exitCode(), bench.err());
    assertEquals(1, bench.err().lines().count(), bench.err());
    assertTrue(bench.err().contains(option), bench.err());
    assertTrue(bench.err().contains(value), bench.err());
    assertTrue(bench.err().contains(allowed), bench.err());
    assertEquals("", bench.out());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "put --help",
        "range -h",
        "verify --help",
        "txn --help",
        "watch --help",
        "watch-latency --help",
        "lease-keepalive --help",
        "compact --help"
      })
  void helpDescribesEveryOption(String args) {
    Bench bench = Bench.run(args.split(" "));
    assertEquals(0, bench.exitCode());
    assertTrue(bench.out().startsWith("Usage: "), bench.out());
    assertFalse(bench.out().contains("DEFAULT-VALUE"), bench.out());
  }

  @Test
  void unreachableServerIsOneLine() {
    // Port 1 is reserved, and nothing on a test machine listens there.
    Bench bench = Bench.run("put", "--endpoints", "127.0.0.1:1");
    assertEquals(1, bench.exitCode());
    assertEquals(1, bench.err().lines().count(), bench.err());
    assertTrue(bench.err().startsWith("bench: cannot connect to 127.0.0.1:1: "), bench.err());
  }
}
