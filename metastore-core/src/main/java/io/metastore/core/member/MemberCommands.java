package io.metastore.core.member;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.message.Member;
import io.metastore.core.message.MemberCommand;
import io.metastore.core.message.MemberListResponse;
import io.metastore.core.mvcc.MvccWriter;
import io.metastore.core.mvcc.OverlayView;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the member commands do; they answer with all members (behaviours 78 to 80 of the contract;
 * etcd {@code server/etcdserver/api/membership/cluster.go}, ValidateConfigurationChange).
 *
 * <p>Belongs to the apply thread. Headers of answers are empty: those of etcd have no revision.
 */
public final class MemberCommands {
  private MemberCommands() {}

  /**
   * Applies a change of the members.
   *
   * @throws MetastoreException when the members are such that it cannot be done
   */
  public static MemberListResponse.Builder apply(MvccWriter writer, MemberCommand command) {
    OverlayView view = writer.view();
    switch (command.getChangeCase()) {
      case BOOTSTRAP -> {
        if (MemberTable.list(view).isEmpty()) {
          command.getBootstrap().getMembersList().forEach(member -> MemberTable.put(view, member));
        }
      }
      case ADD -> {
        checkAdd(view, command);
        MemberTable.put(view, command.getAdd());
      }
      case REMOVE -> {
        known(view, command.getRemove());
        MemberTable.remove(view, command.getRemove());
      }
      case UPDATE -> {
        Member update = command.getUpdate();
        Member known = known(view, update.getID());
        requireUnused(view, update);
        MemberTable.put(
            view,
            known.toBuilder().clearPeerURLs().addAllPeerURLs(update.getPeerURLsList()).build());
      }
      case PROMOTE -> {
        Member learner = known(view, command.getPromote());
        if (!learner.getIsLearner()) {
          throw MetastoreException.of(ErrorCode.MEMBER_NOT_LEARNER);
        }
        MemberTable.put(view, learner.toBuilder().setIsLearner(false).build());
      }
      case PUBLISH -> {
        Member published = command.getPublish();
        Member known = known(view, published.getID());
        MemberTable.put(
            view,
            known.toBuilder()
                .setName(published.getName())
                .clearClientURLs()
                .addAllClientURLs(published.getClientURLsList())
                .build());
      }
      case CHANGE_NOT_SET ->
          throw new IllegalStateException(
              "a change of the members that this release does not know");
    }
    return MemberListResponse.newBuilder().addAllMembers(MemberTable.list(view));
  }

  private static void checkAdd(OverlayView view, MemberCommand command) {
    Member added = command.getAdd();
    List<Member> members = MemberTable.list(view);
    if (members.isEmpty()) {
      // The cluster's first entry, which says who its members are, is not there yet.
      throw MetastoreException.of(ErrorCode.UNHEALTHY);
    }
    if (MemberTable.isRemoved(view, added.getID())
        || MemberTable.find(view, added.getID()).isPresent()) {
      throw MetastoreException.of(ErrorCode.MEMBER_EXIST);
    }
    requireUnused(view, added);
    long learners = members.stream().filter(Member::getIsLearner).count();
    if (added.getIsLearner() && learners >= command.getLearnersMax()) {
      throw MetastoreException.of(ErrorCode.TOO_MANY_LEARNERS);
    }
  }

  private static Member known(OverlayView view, long id) {
    return MemberTable.find(view, id)
        .orElseThrow(() -> MetastoreException.of(ErrorCode.MEMBER_NOT_FOUND));
  }

  private static void requireUnused(OverlayView view, Member member) {
    Set<String> used = new HashSet<>();
    MemberTable.list(view).stream()
        .filter(other -> other.getID() != member.getID())
        .forEach(other -> used.addAll(other.getPeerURLsList()));
    if (member.getPeerURLsList().stream().anyMatch(used::contains)) {
      throw MetastoreException.of(ErrorCode.PEER_URL_EXIST);
    }
  }
}
