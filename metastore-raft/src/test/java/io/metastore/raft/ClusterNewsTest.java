package io.metastore.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metastore.raft.ClusterNews.Sight;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is told of the other members, each change once. */
class ClusterNewsTest {
  private final ClusterNews news = new ClusterNews("n1", Duration.ofSeconds(2));

  @Test
  void aLeaderThatIsLostIsToldOnce() {
    assertEquals(List.of(), news.look(new Sight(0, Map.of())));
    assertEquals(List.of(), news.look(new Sight(7, Map.of())));
    assertEquals(
        List.of("leader lost name=n1 leader=" + MemberIds.hex(7)),
        news.look(new Sight(0, Map.of())));
    assertEquals(List.of(), news.look(new Sight(0, Map.of())));
  }

  @Test
  void aMemberThatDoesNotAnswerIsToldWhenItBeginsAndEnds() {
    String who = " name=n1 member=" + MemberIds.hex(8);
    assertEquals(List.of(), news.look(new Sight(7, Map.of(8L, 2000L, 9L, 10L))));
    assertEquals(
        List.of("member does not answer" + who + " for-ms=2100"),
        news.look(new Sight(7, Map.of(8L, 2100L, 9L, 20L))));
    assertEquals(List.of(), news.look(new Sight(7, Map.of(8L, 2600L))));
    assertEquals(List.of("member answers again" + who), news.look(new Sight(7, Map.of(8L, 3L))));
  }

  @Test
  void whoNoLongerLeadsForgetsWhoWasSilent() {
    news.look(new Sight(7, Map.of(8L, 5000L)));
    assertEquals(List.of(), news.look(new Sight(9, Map.of())));
    assertEquals(List.of(), news.look(new Sight(7, Map.of(8L, 1L))));
  }
}
