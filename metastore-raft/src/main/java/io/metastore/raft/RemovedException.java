package io.metastore.raft;

/** This member was removed from its cluster: it stops, and its data directory is of no more use. */
public final class RemovedException extends Exception {
  private static final long serialVersionUID = 1L;

  RemovedException(DataDirectory.Identity identity) {
    super(
        "member "
            + identity.name()
            + " ("
            + MemberIds.hex(identity.memberId())
            + ") was removed from cluster "
            + MemberIds.hex(identity.clusterId())
            + " for good; to take part again it must be added as a new member,"
            + " with an empty data directory",
        null,
        false,
        false);
  }
}
