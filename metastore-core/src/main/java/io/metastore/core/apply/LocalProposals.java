package io.metastore.core.apply;

import io.metastore.core.Reply;
import io.metastore.core.message.Proposal;
import java.util.List;
import java.util.Optional;

/**
 * What this run of this member has proposed and not yet heard of: the state machine asks it for the
 * parsed form of its own entries, and answers to it.
 */
public interface LocalProposals {
  /** The proposals of an entry, when this run made it and still waits for it. */
  Optional<List<Proposal>> find(EntryCodec.Header entry);

  /**
   * The proposals of an entry were executed: what is left is to bring what they change into the
   * engine, and to answer. Called on the apply thread, for entries that {@link #find} knew. An
   * entry that follows may be made now: it is on the disk by the time the engine has this one.
   */
  default void executed(EntryCodec.Header entry) {}

  /**
   * An entry was applied and its effects are published. Called on the apply thread, for entries
   * that {@link #find} knew.
   *
   * @param replies one for each proposal, in the same order
   */
  void replied(EntryCodec.Header entry, List<Reply> replies);
}
