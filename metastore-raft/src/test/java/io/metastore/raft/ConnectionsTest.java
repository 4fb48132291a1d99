package io.metastore.raft;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class ConnectionsTest {
  private static final long SILENT_MAX_MILLIS = 100;

  private final Connections connections = new Connections(10, SILENT_MAX_MILLIS);

  @Test
  void whoWasNeverSilentIsConnectedFromTheBeginning() {
    assertTrue(connections.since(1, 10));
    connections.heard(1, SILENT_MAX_MILLIS, 30);
    assertTrue(connections.since(1, 10));
    assertFalse(connections.since(1, 9));
  }

  @Test
  void whoWasSilentIsConnectedSinceItCameBack() {
    connections.heard(1, SILENT_MAX_MILLIS + 1, 20);
    assertFalse(connections.since(1, 100));
    connections.heard(1, 0, 30);
    assertFalse(connections.since(1, 29));
    assertTrue(connections.since(1, 30));
    connections.heard(1, 0, 40);
    assertTrue(connections.since(1, 30));
  }

  @Test
  @DisplayName("88: the leader is connected when a majority is, itself included")
  void aMajorityCountsTheMemberItself() {
    List<Long> others = List.of(1L, 2L);
    connections.lost(1);
    assertTrue(connections.majoritySince(others, 10));
    connections.lost(2);
    assertFalse(connections.majoritySince(others, 10));
    connections.heard(2, 0, 50);
    assertFalse(connections.majoritySince(others, 49));
    assertTrue(connections.majoritySince(others, 50));
    assertTrue(connections.majoritySince(List.of(), 10));
  }
}
