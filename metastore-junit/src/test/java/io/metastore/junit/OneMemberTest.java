package io.metastore.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.Keys;
import io.metastore.api.Lease;
import io.metastore.api.Metastore;
import io.metastore.api.Put;
import io.metastore.api.Watch;
import io.metastore.api.WatchOptions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@MetastoreTest
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OneMemberTest {
  @Test
  void everyoneSeesOneStore(TestStore store, Metastore client) {
    client.put("/seen", "1");
    try (Metastore other = Metastore.connect(store.endpoint())) {
      assertEquals("1", other.get("/seen").orElseThrow().valueText());
    }
    assertEquals("1", store.members().getFirst().store().get("/seen").orElseThrow().valueText());
  }

  @Test
  void memberComesBackWithItsData(TestStore store, Metastore client) {
    client.put("/kept", "1");
    store.members().getFirst().stop();
    assertFalse(store.members().getFirst().isRunning());
    store.members().getFirst().start();
    assertEquals("1", client.get("/kept").orElseThrow().valueText());
  }

  @Test
  void leaseTimeIsMovedForward(TestStore store, Metastore client) {
    // It is renewed after a third of its time.
    try (Lease lease = client.lease(Duration.ofHours(1))) {
      long revision = client.put(Put.of("/leased", "1").withLease(lease)).revision();
      store.skipLeaseTime(Duration.ofMinutes(59));
      assertTrue(client.leaseStatus(lease.id()).orElseThrow().remaining().toMinutes() < 2);
      store.skipLeaseTime(Duration.ofMinutes(2));
      try (Watch watch = client.watch(WatchOptions.of(Keys.one("/leased")).from(revision + 1))) {
        assertEquals("/leased", watch.next().key().utf8());
      }
      assertEquals(Optional.empty(), client.leaseStatus(lease.id()));
    }
  }
}
