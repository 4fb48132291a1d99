package io.metastore.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Options that cannot be meant are refused where they are given. */
final class OptionsTest {
  private static final List<Duration> NOT_POSITIVE = List.of(Duration.ZERO, Duration.ofSeconds(-1));

  private static void assertRefused(String word, Executable call) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call);
    assertTrue(String.valueOf(e.getMessage()).contains(word), e.getMessage());
  }

  @Test
  void timesArePositive() {
    for (Duration time : NOT_POSITIVE) {
      assertRefused("requestTimeout", () -> OpenOptions.inMemory().withRequestTimeout(time));
      assertRefused(
          "requestTimeout", () -> ConnectOptions.to("http://127.0.0.1:1").withRequestTimeout(time));
      OpenOptions.Member alone = OpenOptions.Member.alone();
      assertRefused(
          "heartbeatInterval",
          () ->
              new OpenOptions.Member(
                  alone.name(),
                  alone.peerUrl(),
                  alone.peerListen(),
                  alone.initialCluster(),
                  alone.clusterToken(),
                  time,
                  alone.electionTimeout()));
    }
  }

  @Test
  @SuppressWarnings("NullAway") // What it tests.
  void whatIsMissingIsNamed() {
    assertMissing("requestTimeout", () -> OpenOptions.inMemory().withRequestTimeout(null));
    assertMissing("storage", () -> OpenOptions.inMemory().withStorage(null));
    assertMissing("member", () -> OpenOptions.inMemory().asMember(null));
    assertMissing(
        "requestTimeout", () -> ConnectOptions.to("http://127.0.0.1:1").withRequestTimeout(null));
    assertMissing("name", () -> ConnectOptions.to("http://127.0.0.1:1").asUser(null, ""));
  }

  private static void assertMissing(String name, Executable call) {
    assertEquals(name, assertThrows(NullPointerException.class, call).getMessage());
  }

  @Test
  void historyIsKeptByTimeOrByRevisions() {
    OpenOptions options = OpenOptions.inMemory().withQuota(7).keepingHistory(Duration.ofHours(1));
    assertEquals(
        new OpenOptions.Upkeep(Duration.ZERO, 9, 7, false), options.keepingRevisions(9).upkeep());
    assertRefused("negative", () -> options.keepingRevisions(-1));
    assertRefused(
        "both", () -> options.withUpkeep(new OpenOptions.Upkeep(Duration.ofHours(1), 9, 7, false)));
  }

  @Test
  void memberIsOneOfItsCluster() {
    assertRefused(
        "b",
        () ->
            OpenOptions.Member.of("b", Map.of("a", URI.create("http://127.0.0.1:2380")), "token"));
  }
}
