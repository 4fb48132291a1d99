package io.metastore.core.typed;

import io.metastore.api.KeyValue;
import io.metastore.api.Range;
import io.metastore.api.Range.Revisions;
import io.metastore.core.KeyStream;
import io.metastore.core.message.RangeResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A range in pieces, of which it holds one. What a piece holds is bounded by who answers, so limits
 * that are counted behind filters are applied here: with them the answer to a range would be made
 * from all of it.
 */
final class KeyPieces extends Spliterators.AbstractSpliterator<KeyValue> {
  private final KeyStream keys;
  private final Duration timeout;
  private final Revisions modified;
  private final Revisions created;
  private Iterator<io.metastore.core.message.KeyValue> piece = Collections.emptyIterator();
  private boolean last;
  private long left;

  private KeyPieces(KeyStream keys, Range range, Duration timeout) {
    super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE);
    this.keys = keys;
    this.timeout = timeout;
    this.modified = range.modified();
    this.created = range.created();
    this.left = range.limit() == 0 ? Long.MAX_VALUE : range.limit();
  }

  /** Keys of a range; nothing is read before they are asked for. */
  static Stream<KeyValue> stream(StoreCalls calls, Range range, Duration timeout) {
    if (!range.sort().equals(Range.Sort.BY_KEY) || range.fetch() == Range.Fetch.COUNT) {
      throw new IllegalArgumentException("only keys in their own order come as a stream: " + range);
    }
    Range all = range.modifiedIn(Revisions.ALL).createdIn(Revisions.ALL);
    KeyStream keys =
        calls.keys(ToMessages.range(all.equals(range) ? range : all.limit(0)), timeout);
    return StreamSupport.stream(new KeyPieces(keys, range, timeout), false);
  }

  @Override
  public boolean tryAdvance(Consumer<? super KeyValue> action) {
    while (left > 0) {
      while (piece.hasNext()) {
        io.metastore.core.message.KeyValue kv = piece.next();
        if (isIn(modified, kv.getModRevision()) && isIn(created, kv.getCreateRevision())) {
          left--;
          action.accept(FromMessages.entry(kv));
          return true;
        }
      }
      if (last) {
        return false;
      }
      RangeResponse next = Answers.ofRead(keys.next(), timeout).getRangeResponse();
      last = next.hasHeader();
      piece = next.getKvsList().iterator();
    }
    return false;
  }

  private static boolean isIn(Revisions revisions, long revision) {
    return revision >= revisions.min() && (revisions.max() == 0 || revision <= revisions.max());
  }
}
