package io.metastore.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.Metastore;
import io.metastore.api.UnavailableException;
import io.metastore.api.UnknownOutcomeException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@MetastoreTest(members = 3)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ThreeMembersTest {
  @Test
  void clusterGoesOnWithoutItsLeader(TestStore store, Metastore client) {
    client.put("/before", "1");
    long leader = client.status().leaderId();
    Set<Long> ids = new HashSet<>();
    for (TestMember member : store.members()) {
      ids.add(member.store().status().memberId());
    }
    assertEquals(3, ids.size());
    TestMember lost =
        store.members().stream()
            .filter(member -> member.store().status().memberId() == leader)
            .findFirst()
            .orElseThrow();
    lost.stop();
    putSurely(client, "/after", "2");
    assertEquals("1", client.get("/before").orElseThrow().valueText());
    lost.start();
    assertEquals("2", lost.store().get("/after").orElseThrow().valueText());
  }

  /** Puts until it is acknowledged; putting the same twice does no harm here. */
  private static void putSurely(Metastore store, String key, String value) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      try {
        store.put(key, value);
        return;
      } catch (UnavailableException | UnknownOutcomeException e) {
        assertTrue(System.nanoTime() < deadline, e.getMessage());
      }
    }
  }
}
