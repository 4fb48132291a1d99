package io.metastore.app.cluster;

import io.grpc.StatusRuntimeException;
import io.metastore.core.message.Member;
import io.metastore.core.message.MemberAddRequest;
import io.metastore.core.message.MemberListRequest;
import io.metastore.core.message.MemberPromoteRequest;
import io.metastore.core.message.MemberRemoveRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Changes of a cluster's members while it runs. A change may be answered late or not at all, so
 * each is asked for until the list of members has it. Belongs to the test's thread.
 */
final class Membership {
  private final ProcessCluster cluster;

  Membership(ProcessCluster cluster) {
    this.cluster = cluster;
  }

  /** Adds a member through another and starts it; returns when it votes and serves. */
  void add(String through, String name) throws Exception {
    String url = cluster.peerUrl(name);
    await("add " + name, through, name, Optional::isPresent, member -> request(through, url));
    List<String> all = new ArrayList<>();
    for (Member member : members(through).orElseThrow()) {
      all.add(nameOf(member));
    }
    cluster.join(name, all);
    await(
        "promote " + name,
        through,
        name,
        member -> member.isPresent() && !member.get().getIsLearner(),
        member ->
            cluster
                .client(through)
                .members()
                .memberPromote(
                    MemberPromoteRequest.newBuilder().setID(member.orElseThrow().getID()).build()));
    cluster.await(name + " serves", () -> cluster.client(name).serves());
  }

  private void request(String through, String url) {
    var unused =
        cluster
            .client(through)
            .members()
            .memberAdd(MemberAddRequest.newBuilder().addPeerURLs(url).setIsLearner(true).build());
  }

  /** Removes a member through another, which may be itself; it may run or not. */
  void remove(String through, String name) throws Exception {
    await(
        "remove " + name,
        through,
        name,
        Optional::isEmpty,
        member ->
            cluster
                .client(through)
                .members()
                .memberRemove(
                    MemberRemoveRequest.newBuilder().setID(member.orElseThrow().getID()).build()));
  }

  /** Removes what a member that does not run has on its disk. */
  void loseData(String name) throws IOException {
    try (Stream<Path> files = Files.walk(cluster.data(name))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        // A mount stays, and so would its directory.
        if (!file.equals(cluster.data(name))) {
          Files.delete(file);
        }
      }
    }
  }

  private interface Wanted {
    boolean holds(Optional<Member> member);
  }

  private interface Change {
    void askFor(Optional<Member> member);
  }

  private void await(String what, String through, String name, Wanted wanted, Change change)
      throws Exception {
    cluster.await(
        what,
        () -> {
          Optional<List<Member>> known = members(through);
          if (known.isEmpty()) {
            return false;
          }
          Optional<Member> member =
              known.get().stream().filter(m -> nameOf(m).equals(name)).findFirst();
          if (wanted.holds(member)) {
            return true;
          }
          try {
            change.askFor(member);
          } catch (StatusRuntimeException e) {
            // Refused for now, or done without an answer: the list tells.
          }
          return false;
        });
  }

  /** By the address: one that was added has no name until it runs. */
  private String nameOf(Member member) {
    String authority = member.getPeerURLs(0).substring("http://".length());
    return authority.substring(0, authority.indexOf('.'));
  }

  private Optional<List<Member>> members(String through) {
    try {
      return Optional.of(
          cluster
              .client(through)
              .members()
              .memberList(MemberListRequest.newBuilder().setLinearizable(true).build())
              .getMembersList());
    } catch (StatusRuntimeException e) {
      return Optional.empty();
    }
  }
}
