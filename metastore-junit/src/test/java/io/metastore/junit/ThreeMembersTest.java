package io.metastore.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ConnectOptions;
import io.metastore.api.Metastore;
import io.metastore.api.MetastoreException;
import io.metastore.api.Range;
import io.metastore.api.RefusedException;
import io.metastore.api.UnavailableException;
import io.metastore.api.UnknownOutcomeException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

  private static TestMember leader(TestStore store) {
    long leader = store.client().status().leaderId();
    return store.members().stream()
        .filter(member -> member.store().status().memberId() == leader)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void leaderThatIsCutOffCannotWriteAndTheOthersCan(TestStore store, Metastore client) {
    client.put("/divided", "before");
    TestMember alone = leader(store);
    store.partition(alone);
    TestMember other =
        store.members().stream().filter(member -> member != alone).findFirst().orElseThrow();
    putSurely(other.store(), "/divided", "majority");
    try (Metastore through = impatient(alone)) {
      MetastoreException unanswered =
          assertThrows(MetastoreException.class, () -> through.put("/divided", "minority"));
      assertFalse(unanswered instanceof RefusedException, unanswered::toString);
      assertThrows(MetastoreException.class, () -> through.get("/divided"));
    }
    assertEquals("majority", other.store().get("/divided").orElseThrow().valueText());
    store.heal();
    putSurely(alone.store(), "/healed", "1");
    assertEquals("majority", alone.store().get("/divided").orElseThrow().valueText());
  }

  @Test
  void pausedLeaderAnswersAfterItsPause(TestStore store, Metastore client) throws Exception {
    client.put("/paused", "before");
    TestMember paused = leader(store);
    Metastore inside = paused.store();
    store.pause(paused);
    try (Metastore through = impatient(paused);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> held = threads.submit(() -> serializably(inside, "/paused"));
      assertThrows(MetastoreException.class, () -> serializably(through, "/paused"));
      TestMember other =
          store.members().stream().filter(member -> member != paused).findFirst().orElseThrow();
      putSurely(other.store(), "/paused", "meanwhile");
      store.heal();
      assertFalse(held.isDone(), "a member that is paused answers");
      store.resume(paused);
      assertTrue(Set.of("before", "meanwhile").contains(held.get()));
    }
    assertEquals("meanwhile", getSurely(paused.store(), "/paused"));
    try (Metastore through = Metastore.connect(paused.endpoint())) {
      assertEquals("meanwhile", getSurely(through, "/paused"));
    }
  }

  @Test
  void oneMemberIsResumedAlone(TestStore store, Metastore client) {
    client.put("/alone", "before");
    TestMember first = store.members().get(0);
    TestMember second = store.members().get(1);
    TestMember third = store.members().get(2);
    store.pause(first);
    store.pause(second);
    store.resume(second);
    // The second and the third are a majority; the first is none, and is not heard by clients.
    putSurely(second.store(), "/alone", "two of three");
    assertEquals("two of three", getSurely(third.store(), "/alone"));
    try (Metastore through = impatient(first)) {
      assertThrows(MetastoreException.class, () -> serializably(through, "/alone"));
    }
    store.resume(first);
    assertEquals("two of three", getSurely(first.store(), "/alone"));
  }

  @Test
  void memberThatStartsDuringItsPauseIsStillPaused(TestStore store, Metastore client) {
    TestMember member = store.members().getFirst();
    store.pause(member);
    member.restart();
    try (Metastore through = impatient(member)) {
      assertThrows(MetastoreException.class, () -> serializably(through, "/any"));
    }
    store.resume(member);
    putSurely(member.store(), "/any", "1");
  }

  private static String serializably(Metastore store, String key) {
    return store.range(Range.of(key).serializable()).first().orElseThrow().valueText();
  }

  private static Metastore impatient(TestMember member) {
    return Metastore.connect(
        ConnectOptions.to(member.endpoint()).withRequestTimeout(Duration.ofMillis(500)));
  }

  private static String getSurely(Metastore store, String key) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      try {
        return store.get(key).orElseThrow().valueText();
      } catch (UnavailableException | UnknownOutcomeException e) {
        assertTrue(System.nanoTime() < deadline, e.getMessage());
      }
    }
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
