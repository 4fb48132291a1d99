package io.metastore.core.mvcc;

import static io.metastore.core.Texts.bytes;

import com.google.protobuf.ByteString;
import io.metastore.api.ErrorCode;
import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import io.metastore.core.CountingEngine;
import io.metastore.core.Engines;
import io.metastore.core.Reply;
import io.metastore.core.Texts;
import io.metastore.core.apply.Execution;
import io.metastore.core.auth.AuthLedger;
import io.metastore.core.auth.AuthTable;
import io.metastore.core.message.DeleteRangeResponse;
import io.metastore.core.message.KeyValue;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutResponse;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.TxnResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keys on a real engine, written in drains. Belongs to one thread. */
final class DrainedStore implements AutoCloseable {
  private static final long TERM = 3;

  private final Path directory;
  private final OperationCounts counts = new OperationCounts();
  private CountingEngine engine;
  private PublishedView published;

  DrainedStore(Path directory) throws IOException {
    this.directory = directory;
    engine = new CountingEngine(Engines.open(directory));
    published = StoreMeta.publish(engine);
  }

  /** Small, so that keys leave it within a test. */
  private final RecordCache cache = new RecordCache(4, 1 << 10);

  CountingEngine engine() {
    return engine;
  }

  OperationCounts counts() {
    return counts;
  }

  PublishedView view() {
    return published;
  }

  StoreState state() {
    return published.state();
  }

  /** Executes commands in one batch and publishes it. */
  List<Reply> drain(List<Proposal> proposals) {
    WriteBatch batch = new WriteBatch();
    MvccWriter writer =
        MvccWriter.begin(published, batch, cache, engine, SpillLimit.DEFAULT, counts);
    AuthLedger ledger = new AuthLedger(AuthTable.read(published.view()), writer.view());
    List<Reply> replies = new ArrayList<>();
    for (Proposal proposal : proposals) {
      replies.add(Execution.execute(1, proposal, writer, ledger));
    }
    StoreState state = writer.finish(published.state().appliedIndex() + 1, TERM);
    engine.commit(batch);
    published.close();
    published = new PublishedView(state, engine.view());
    return replies;
  }

  List<Reply> drain(Proposal... proposals) {
    return drain(List.of(proposals));
  }

  PutResponse put(String key, String value) {
    return put(drain(Texts.put(key, value)).getFirst());
  }

  DeleteRangeResponse delete(Proposal delete) {
    return deleted(drain(delete).getFirst());
  }

  /** Runs a transaction through the log. */
  Reply run(TxnRequest.Builder txn) {
    return drain(Proposal.newBuilder().setTxn(txn).build()).getFirst();
  }

  /** Runs a transaction through the log that must not be refused. */
  TxnResponse txn(TxnRequest.Builder txn) {
    return ((TxnResponse.Builder) ((Reply.Done) run(txn)).response()).build();
  }

  static PutResponse put(Reply reply) {
    return ((PutResponse.Builder) ((Reply.Done) reply).response()).build();
  }

  static DeleteRangeResponse deleted(Reply reply) {
    return ((DeleteRangeResponse.Builder) ((Reply.Done) reply).response()).build();
  }

  static Optional<ErrorCode> refusal(Reply reply) {
    return reply instanceof Reply.Refused(ErrorCode code) ? Optional.of(code) : Optional.empty();
  }

  RangeResponse range(RangeRequest.Builder request) {
    return RangeReader.range(published, request.build()).build();
  }

  /** The keys that a read answers, in its order. */
  String keys(RangeRequest.Builder request) {
    return String.join(
        " ", range(request).getKvsList().stream().map(kv -> kv.getKey().toStringUtf8()).toList());
  }

  /** The newest state of one key. */
  KeyValue get(String key) {
    return range(Texts.range(key)).getKvs(0);
  }

  /** Closes the engine and opens it again on what it made durable. */
  void reopen() throws IOException {
    engine.flush();
    close();
    engine = new CountingEngine(Engines.open(directory));
    published = StoreMeta.publish(engine);
  }

  /** CURRENT, one line for each key: {@code a=x create 2 mod 3.0 version 2}. */
  List<String> current() {
    return dump(
        Keyspace.CURRENT, (key, value) -> text(key) + "=" + describe(KeyRecord.decode(value)));
  }

  /** VERSIONS, one line for each version: {@code a@2.0=x create 2 mod 2.0 version 1}. */
  List<String> versions() {
    return dump(
        Keyspace.VERSIONS,
        (key, value) -> {
          VersionKey at = VersionKey.decode(key);
          return text(at.userKey())
              + "@"
              + describe(at.revision())
              + "="
              + (KeyRecord.isTombstone(value) ? "gone" : describe(KeyRecord.decode(value)));
        });
  }

  /** LOG, as {@link LoggedChanges} tells it. */
  List<String> log() {
    try (StorageView view = engine.view()) {
      return LoggedChanges.of(view);
    }
  }

  /** Keys of a keyspace. */
  List<String> keysOf(Keyspace keyspace) {
    return dump(keyspace, (key, value) -> text(key));
  }

  private interface Describe {
    String line(byte[] key, byte[] value);
  }

  private List<String> dump(Keyspace keyspace, Describe describe) {
    List<String> lines = new ArrayList<>();
    try (StorageView view = engine.view();
        Cursor cursor = view.scan(keyspace, KeyRange.all(), ScanDirection.FORWARD)) {
      while (cursor.next()) {
        lines.add(describe.line(cursor.key(), cursor.value()));
      }
    }
    return lines;
  }

  private static String describe(KeyRecord record) {
    return record.value().toStringUtf8()
        + " create "
        + record.createRevision()
        + " mod "
        + describe(record.modRevision())
        + " version "
        + record.version();
  }

  private static String describe(Revision revision) {
    return revision.main() + "." + revision.sub();
  }

  static String text(byte[] bytes) {
    return ByteString.copyFrom(bytes).toStringUtf8();
  }

  static byte[] key(String text) {
    return bytes(text).toByteArray();
  }

  @Override
  public void close() {
    published.close();
    engine.close();
  }
}
