package io.metastore.core.apply;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.WriteBatch;
import io.metastore.core.Reply;
import io.metastore.core.auth.AuthChange;
import io.metastore.core.auth.AuthLedger;
import io.metastore.core.auth.AuthState;
import io.metastore.core.auth.AuthTable;
import io.metastore.core.message.Proposal;
import io.metastore.core.mvcc.MvccWriter;
import io.metastore.core.mvcc.OperationCounts;
import io.metastore.core.mvcc.PublishedView;
import io.metastore.core.mvcc.RecordCache;
import io.metastore.core.mvcc.SpillLimit;
import io.metastore.core.mvcc.StoreMeta;
import io.metastore.core.mvcc.StoreState;
import io.metastore.core.mvcc.Unfinished;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The replicated state machine: one writer, one engine batch for each drain of the commit stream,
 * one publication after it.
 *
 * <p>{@link #apply} belongs to one thread. {@link #acquire} and {@link #state} may be called from
 * any.
 */
public final class StateMachine implements PublishedViews, AutoCloseable {
  private final StorageEngine engine;
  private final LocalProposals local;
  private final SpillLimit limit;
  // Used by the apply thread only, refilled for each drain.
  private final WriteBatch batch = new WriteBatch();
  private final RecordCache cache = RecordCache.ofDefaultSize();
  private final OperationCounts operations = new OperationCounts();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final List<PublicationListener> listeners = new CopyOnWriteArrayList<>();
  // Used by the apply thread only.
  private AppliedEntries applied;
  private boolean draining;
  private boolean membersChanged;
  private volatile PublishedView published;
  private volatile Runnable memberListener = () -> {};
  private volatile LeaseListener leaseListener = changes -> {};
  private volatile Consumer<List<AuthChange>> authListener = changes -> {};
  // Written before the view that goes with it: whoever reads it behind a view has one that is as
  // new.
  private volatile AuthState auth;

  private StateMachine(StorageEngine engine, LocalProposals local, SpillLimit limit) {
    this.engine = engine;
    this.local = local;
    this.limit = limit;
    Unfinished.undo(engine);
    this.published = StoreMeta.publish(engine);
    this.applied = AppliedEntries.read(published.view());
    this.auth = AuthTable.read(published.view());
  }

  /** Continues from what the engine holds. The engine stays the caller's to close. */
  public static StateMachine open(StorageEngine engine, LocalProposals local) {
    return open(engine, local, SpillLimit.DEFAULT);
  }

  /** The same with another limit of what a drain keeps in memory. */
  static StateMachine open(StorageEngine engine, LocalProposals local, SpillLimit limit) {
    return new StateMachine(engine, local, limit);
  }

  /** Tells a listener of every publication from now on; to be called before the first apply. */
  public void listen(PublicationListener listener) {
    listeners.add(listener);
  }

  /** Tells a listener of leases from the next {@link #apply} on; there is one at a time. */
  public void tellOfLeases(LeaseListener listener) {
    leaseListener = listener;
  }

  /**
   * Tells a listener what commands mean for tokens, on the apply thread, before their effects are
   * published: who sees the index of a token's entry applied also finds the token. It must not
   * block or throw. There is one at a time.
   */
  public void tellOfAuth(Consumer<List<AuthChange>> listener) {
    authListener = listener;
  }

  /**
   * Users, roles and permissions. Read behind a view that was {@linkplain #acquire acquired}, they
   * are as new as that view or newer.
   */
  public AuthState auth() {
    return auth;
  }

  /**
   * Tells a listener, on the apply thread, when the members have changed and readers see it; it
   * must not block or throw. There is one at a time.
   */
  public void tellOfMembers(Runnable listener) {
    memberListener = listener;
  }

  /**
   * The newest published view, held for the caller, who closes it.
   *
   * @throws MetastoreException with {@code STOPPED} when the state machine is closed
   */
  @Override
  public PublishedView acquire() {
    PublishedView view = published;
    while (!view.retain()) {
      PublishedView newer = published;
      if (newer == view) {
        throw MetastoreException.of(ErrorCode.STOPPED);
      }
      view = newer;
    }
    return view;
  }

  /** Counts what is done here; readers add what they read. */
  public OperationCounts operations() {
    return operations;
  }

  @Override
  public StoreState state() {
    return published.state();
  }

  /**
   * Brings commits into the engine, in one batch, publishes the result, answers the proposals that
   * were made here and completes each commit's apply-done future.
   *
   * @param commits in log order, each behind the last one applied; not empty
   * @return how many proposals they held
   * @throws io.metastore.api.storage.StorageException when the engine fails: the node must stop,
   *     and the commits come again after its restart
   */
  public int apply(List<Commit> commits) {
    if (draining) {
      // A drain failed: what it left must not come with this one.
      Unfinished.undo(engine);
      batch.clear();
      cache.clear();
      applied = AppliedEntries.read(published.view());
    }
    draining = true;
    MvccWriter writer = MvccWriter.begin(published, batch, cache, engine, limit, operations);
    try {
      int proposals = drain(commits, writer);
      draining = false;
      return proposals;
    } finally {
      writer.release();
    }
  }

  private int drain(List<Commit> commits, MvccWriter writer) {
    PublishedView before = published;
    AuthLedger ledger = new AuthLedger(auth, writer.view());
    List<LocalReplies> answers = new ArrayList<>(commits.size());
    long lastIndex = before.state().appliedIndex();
    int proposalCount = 0;
    for (Commit commit : commits) {
      if (commit.index() <= lastIndex) {
        throw new IllegalStateException(
            "commit " + commit.index() + " comes after " + lastIndex + " was applied");
      }
      lastIndex = commit.index();
      proposalCount += execute(commit, writer, ledger, answers);
    }
    StoreState after = writer.finish(lastIndex, commits.getLast().term());
    if (!ledger.changes().isEmpty()) {
      authListener.accept(ledger.changes());
    }
    answers.forEach(answer -> local.executed(answer.entry()));
    commitAndPublish(before, after, ledger.state());
    for (PublicationListener listener : listeners) {
      listener.published(published, writer.changes());
    }
    if (!writer.leases().changes().isEmpty()) {
      leaseListener.applied(writer.leases().changes());
    }
    if (membersChanged) {
      membersChanged = false;
      memberListener.run();
    }
    answers.forEach(answer -> local.replied(answer.entry(), answer.replies()));
    commits.forEach(commit -> commit.applyDone().complete(null));
    return proposalCount;
  }

  /**
   * Goes on from what the engine holds now: its content was replaced by a newer image. Called on
   * the apply thread.
   */
  public void reload() {
    PublishedView before = published;
    Unfinished.undo(engine);
    PublishedView after = StoreMeta.publish(engine);
    auth = AuthTable.read(after.view());
    published = after;
    before.close();
    // Whose user was deleted meanwhile is not known.
    authListener.accept(List.of(new AuthChange.AllDropped()));
    cache.clear();
    applied = AppliedEntries.read(published.view());
    for (PublicationListener listener : listeners) {
      listener.published(published, List.of());
    }
    memberListener.run();
  }

  /**
   * Brings a batch of housekeeping into the engine: it changes nothing that a reader could ask for.
   * Called on the apply thread.
   *
   * @throws io.metastore.api.storage.StorageException when the engine fails: the node must stop
   */
  public void upkeep(WriteBatch housekeeping) {
    PublishedView before = published;
    engine.commit(housekeeping);
    // A fresh view, or the old one would keep what was removed on the disk until the next write.
    published = new PublishedView(before.state(), engine.view());
    before.close();
  }

  private int execute(
      Commit commit, MvccWriter writer, AuthLedger ledger, List<LocalReplies> answers) {
    EntryCodec.Header header = EntryCodec.header(commit.entry());
    if (!applied.add(header, commit.index(), writer.view())) {
      return 0;
    }
    Optional<List<Proposal>> own = local.find(header);
    List<Proposal> proposals = own.orElseGet(() -> EntryCodec.proposals(commit.entry()));
    writer.answering(own.isPresent());
    List<Reply> replies = new ArrayList<>(proposals.size());
    for (Proposal proposal : proposals) {
      membersChanged |= proposal.hasMember();
      replies.add(
          isOfItsTerm(commit, proposal)
              ? Execution.execute(commit.index(), proposal, writer, ledger)
              : new Reply.Refused(ErrorCode.NOT_LEADER));
    }
    if (own.isPresent()) {
      answers.add(new LocalReplies(header, replies));
    }
    return proposals.size();
  }

  /** False when a leader decided it that was deposed before its decision reached the log. */
  private static boolean isOfItsTerm(Commit commit, Proposal proposal) {
    return proposal.getOnlyInTerm() == 0 || proposal.getOnlyInTerm() == commit.term();
  }

  private void commitAndPublish(PublishedView before, StoreState after, AuthState authAfter) {
    engine.commit(batch);
    batch.clear();
    if (authAfter != auth) {
      auth = authAfter;
    }
    published = new PublishedView(after, engine.view());
    before.close();
  }

  /** Gives up the published view; readers that hold one may go on. Closing twice is harmless. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      published.close();
    }
  }

  private record LocalReplies(EntryCodec.Header entry, List<Reply> replies) {}
}
