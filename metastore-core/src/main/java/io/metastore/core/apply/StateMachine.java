package io.metastore.core.apply;

import com.google.protobuf.Message;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.WriteBatch;
import io.metastore.core.Reply;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import io.metastore.core.mvcc.Commands;
import io.metastore.core.mvcc.MvccWriter;
import io.metastore.core.mvcc.PublishedView;
import io.metastore.core.mvcc.StoreMeta;
import io.metastore.core.mvcc.StoreState;
import io.metastore.core.txn.Txns;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The replicated state machine: one writer, one engine batch for each drain of the commit stream,
 * one publication after it.
 *
 * <p>{@link #apply} belongs to one thread. {@link #acquire} and {@link #state} may be called from
 * any.
 */
public final class StateMachine implements AutoCloseable {
  private final StorageEngine engine;
  private final LocalProposals local;
  // Used by the apply thread only, refilled for each drain.
  private final WriteBatch batch = new WriteBatch();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile PublishedView published;

  private StateMachine(StorageEngine engine, LocalProposals local) {
    this.engine = engine;
    this.local = local;
    this.published = StoreMeta.publish(engine);
  }

  /** Continues from what the engine holds. The engine stays the caller's to close. */
  public static StateMachine open(StorageEngine engine, LocalProposals local) {
    return new StateMachine(engine, local);
  }

  /**
   * The newest published view, held for the caller, who closes it.
   *
   * @throws MetastoreException with {@code STOPPED} when the state machine is closed
   */
  public PublishedView acquire() {
    PublishedView view = published;
    while (!view.retain()) {
      PublishedView newer = published;
      if (newer == view) {
        throw new MetastoreException(ErrorCode.STOPPED);
      }
      view = newer;
    }
    return view;
  }

  /** The newest published state. */
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
    // What a failed drain left in it must not come with this one.
    batch.clear();
    PublishedView before = published;
    MvccWriter writer = MvccWriter.begin(before, batch);
    List<LocalReplies> answers = new ArrayList<>(commits.size());
    long lastIndex = before.state().appliedIndex();
    int proposalCount = 0;
    for (Commit commit : commits) {
      if (commit.index() <= lastIndex) {
        throw new IllegalStateException(
            "commit " + commit.index() + " comes after " + lastIndex + " was applied");
      }
      lastIndex = commit.index();
      proposalCount += execute(commit, writer, answers);
    }
    StoreState after = writer.finish(lastIndex, commits.getLast().term());
    commitAndPublish(before, after);
    answers.forEach(answer -> local.replied(answer.entry(), answer.replies()));
    commits.forEach(commit -> commit.applyDone().complete(null));
    return proposalCount;
  }

  private int execute(Commit commit, MvccWriter writer, List<LocalReplies> answers) {
    EntryCodec.Header header = EntryCodec.header(commit.entry());
    Optional<List<Proposal>> own = local.find(header);
    List<Proposal> proposals = own.orElseGet(() -> EntryCodec.proposals(commit.entry()));
    List<Reply> replies = new ArrayList<>(proposals.size());
    for (Proposal proposal : proposals) {
      replies.add(execute(commit.index(), proposal, writer));
      writer.endCommand();
    }
    if (own.isPresent()) {
      answers.add(new LocalReplies(header, replies));
    }
    return proposals.size();
  }

  private static Reply execute(long index, Proposal proposal, MvccWriter writer) {
    try {
      return new Reply.Done(response(index, proposal, writer));
    } catch (MetastoreException e) {
      // Thrown by a command before its first change.
      return new Reply.Refused(e.code());
    }
  }

  private static Message.Builder response(long index, Proposal proposal, MvccWriter writer) {
    return switch (proposal.getRequestCase()) {
      case PUT -> put(writer, proposal.getPut());
      case DELETE_RANGE -> Commands.deleteRange(writer, proposal.getDeleteRange());
      case TXN -> Txns.apply(writer, proposal.getTxn());
      case REQUEST_NOT_SET ->
          throw new IllegalStateException(
              "log entry " + index + " holds a command that this release does not know");
    };
  }

  private static Message.Builder put(MvccWriter writer, PutRequest request) {
    Commands.refusal(writer, request)
        .ifPresent(
            code -> {
              throw new MetastoreException(code);
            });
    return Commands.put(writer, request);
  }

  private void commitAndPublish(PublishedView before, StoreState after) {
    engine.commit(batch);
    batch.clear();
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
