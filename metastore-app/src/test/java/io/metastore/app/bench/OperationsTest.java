package io.metastore.app.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Transactions, renewals and compactions against a real socket. */
@Timeout(60)
final class OperationsTest {
  @Test
  void transactionsInOrderFillTheKeySpace() throws Exception {
    try (FakeKv server = new FakeKv()) {
      Bench bench =
          Bench.run(
              server,
              ("txn --txn-ops 10 --txn-gets 0 --sequential-keys --key-space 200 --total 20"
                      + " --clients 4")
                  .split(" "));
      assertEquals(0, bench.exitCode(), bench.out());
      assertEquals(20, server.txns.get());
      assertEquals(200, server.stored.size());
      server.stored.forEach(
          (key, value) -> assertEquals(256, value.size(), () -> "value of " + key.toStringUtf8()));
    }
  }

  @Test
  void aTransactionPutsNoKeyTwice() throws Exception {
    try (FakeKv server = new FakeKv()) {
      Bench bench =
          Bench.run(server, "txn --txn-ops 9 --txn-gets 2 --key-space 10 --total 200".split(" "));
      assertEquals(0, bench.exitCode(), bench.out());
      assertEquals(10, server.stored.size());
    }
  }

  @Test
  void aTransactionThatTakesTheOtherBranchIsAnError() throws Exception {
    try (FakeKv server = new FakeKv()) {
      server.txnSucceeds = false;
      Bench bench = Bench.run(server, "txn", "--total", "3");
      assertEquals(1, bench.exitCode());
      assertTrue(bench.out().contains("3  " + TxnWorkload.NOT_TAKEN), bench.out());
    }
  }

  @Test
  void leasesAreRenewedInTurnsAndRevoked() throws Exception {
    try (FakeKv server = new FakeKv()) {
      Bench bench =
          Bench.run(
              server, "lease-keepalive --leases 20 --streams 3 --conns 2 --total 100".split(" "));
      assertEquals(0, bench.exitCode(), bench.out());
      assertEquals(3, server.leases.streams.get());
      assertEquals(20, server.leases.renewals.size());
      server.leases.renewals.forEach((id, renewed) -> assertEquals(5, renewed.get()));
      assertEquals(20, server.leases.revoked.get());
    }
  }

  @Test
  void aStreamThatEndsIsOneErrorAndIsOpenedAgain() throws Exception {
    try (FakeKv server = new FakeKv()) {
      server.leases.breaking = 5;
      Bench bench =
          Bench.run(server, "lease-keepalive --leases 4 --streams 1 --total 20".split(" "));
      assertEquals(1, bench.exitCode());
      assertTrue(bench.out().contains("1  UNAVAILABLE: so told"), bench.out());
      assertTrue(bench.out().contains("lease-keepalive: 19 requests"), bench.out());
      assertEquals(2, server.leases.streams.get());
    }
  }

  @Test
  void aLeaseThatIsGoneIsAnError() throws Exception {
    try (FakeKv server = new FakeKv()) {
      server.leases.gone = 3;
      Bench bench =
          Bench.run(server, "lease-keepalive --leases 4 --streams 1 --total 8".split(" "));
      assertEquals(1, bench.exitCode());
      assertTrue(bench.out().contains("1  " + LeaseWorkloads.GONE), bench.out());
    }
  }

  @Test
  void loadGoesOnUntilTheCompactionIsAnswered() throws Exception {
    try (FakeKv server = new FakeKv()) {
      server.compactionPuts = 40;
      Bench bench =
          Bench.run(server, "compact --around 50ms --clients 2 --rate 1000 --json".split(" "));
      assertEquals(0, bench.exitCode(), bench.out() + bench.err());
      Map<?, ?> during = (Map<?, ?>) bench.field("during");
      assertTrue(during.get("succeeded") instanceof Integer puts && puts >= 39, bench.out());
      assertEquals(server.compacted.get(), ((Number) bench.field("revision")).longValue());
      assertTrue(server.compacted.get() > 1, "compacted to " + server.compacted.get());
    }
  }

  @Test
  void aCompactionThatFailsIsOneLine() throws Exception {
    try (FakeKv server = new FakeKv()) {
      server.compactionStatus = Status.OUT_OF_RANGE.withDescription("so told");
      Bench bench = Bench.run(server, "compact", "--around", "20ms");
      assertEquals(1, bench.exitCode());
      assertTrue(bench.err().contains("OUT_OF_RANGE: so told"), bench.err());
    }
  }
}
