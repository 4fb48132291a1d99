package io.metastore.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MemberIdsTest {
  private static final URI ONE = URI.create("http://localhost:2380");
  private static final URI OTHER = URI.create("http://localhost:12380");

  @Test
  void idsAreThoseOfEtcd() {
    // What etcd logs for: --initial-cluster default=http://localhost:2380 and its default token.
    long member = MemberIds.memberId(List.of(ONE), "etcd-cluster");
    assertEquals("8e9e05c52164694d", MemberIds.hex(member));
    assertEquals("cdf818194e3a8c32", MemberIds.hex(MemberIds.clusterId(List.of(member))));
  }

  @Test
  void theOrderOfUrlsAndMembersDoesNotMatter() {
    assertEquals(
        MemberIds.memberId(List.of(ONE, OTHER), "t"), MemberIds.memberId(List.of(OTHER, ONE), "t"));
    // -1 is the largest unsigned.
    assertEquals(
        MemberIds.clusterId(List.of(-1L, 1L, 5L)), MemberIds.clusterId(List.of(5L, -1L, 1L)));
  }

  @Test
  void theTokenTellsClustersApart() {
    assertNotEquals(MemberIds.memberId(List.of(ONE), "a"), MemberIds.memberId(List.of(ONE), "b"));
  }
}
