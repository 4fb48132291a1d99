package io.metastore.raft;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.List;

/**
 * The ids that etcd gives members and clusters, from what their operator gave them (behaviour 78 of
 * the contract; etcd {@code server/etcdserver/api/membership/member.go}).
 */
final class MemberIds {
  private MemberIds() {}

  /** The id of a member of a new cluster; unsigned, and never 0 in practice. */
  static long memberId(List<URI> peerUrls, String clusterToken) {
    StringBuilder text = new StringBuilder();
    peerUrls.stream().map(URI::toString).sorted().forEach(text::append);
    return firstLong(sha1(text.append(clusterToken).toString().getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * The id of a member that is added to a running cluster.
   *
   * @param unixSeconds when: the same URLs make another member each time
   */
  static long addedMemberId(List<URI> peerUrls, long unixSeconds) {
    return memberId(peerUrls, Long.toString(unixSeconds));
  }

  /** The id of a cluster with these members. */
  static long clusterId(Collection<Long> memberIds) {
    ByteBuffer ids = ByteBuffer.allocate(memberIds.size() * Long.BYTES);
    memberIds.stream().sorted(Long::compareUnsigned).forEach(ids::putLong);
    return firstLong(sha1(ids.array()));
  }

  /** How etcdctl and logs write an id. */
  static String hex(long id) {
    return Long.toHexString(id);
  }

  private static long firstLong(byte[] digest) {
    return ByteBuffer.wrap(digest).getLong();
  }

  private static byte[] sha1(byte[] bytes) {
    try {
      // Not for security: etcd's ids are made so.
      return MessageDigest.getInstance("SHA-1").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
