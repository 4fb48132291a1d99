package io.metastore.api;

import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A range in pieces: each is a range of its own that begins behind the last key of the one before,
 * at the revision of the first. How many keys the next piece asks for follows from how large those
 * of the last one were.
 */
final class Pages extends Spliterators.AbstractSpliterator<KeyValue> {
  private static final int KEYS_FIRST = 100;
  private static final int KEYS_MAX = 10_000;
  private static final long PAGE_BYTES = 1 << 20;
  private static final Bytes SMALLEST = Bytes.copyOf(new byte[] {0});

  private final Metastore store;
  private Range next;
  private long left;
  private long pageKeys = KEYS_FIRST;
  private RangeResult page = new RangeResult(0, List.of(), true, 0);
  private int taken;

  private Pages(Metastore store, Range range) {
    super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE);
    this.store = store;
    this.next = range;
    this.left = range.limit() == 0 ? Long.MAX_VALUE : range.limit();
  }

  static Stream<KeyValue> stream(Metastore store, Range range) {
    if (!range.sort().equals(Range.Sort.BY_KEY) || range.fetch() == Range.Fetch.COUNT) {
      throw new IllegalArgumentException("only keys in their own order come as a stream: " + range);
    }
    return StreamSupport.stream(new Pages(store, range), false);
  }

  @Override
  public boolean tryAdvance(Consumer<? super KeyValue> action) {
    if (taken == page.entries().size() && !fetch()) {
      return false;
    }
    action.accept(page.entries().get(taken++));
    return true;
  }

  private boolean fetch() {
    if (left == 0 || !page.more()) {
      return false;
    }
    page = store.range(next.limit(Math.min(left, pageKeys)));
    taken = 0;
    if (page.entries().isEmpty()) {
      return false;
    }
    left -= page.entries().size();
    long bytes = 0;
    for (KeyValue entry : page.entries()) {
      bytes += entry.key().size() + entry.value().size();
    }
    long average = Math.max(1, bytes / page.entries().size());
    pageKeys = Math.clamp(PAGE_BYTES / average, 1, KEYS_MAX);
    if (page.more()) {
      // The smallest key behind the last one is that with a zero byte more.
      Bytes from = page.entries().getLast().key().concat(SMALLEST);
      next = (next.revision() == 0 ? next.at(page.revision()) : next).keys(from(from));
    }
    return true;
  }

  private Keys from(Bytes first) {
    return switch (next.keys()) {
      case Keys.Between(Bytes from, Bytes to) -> new Keys.Between(first, to);
      case Keys.One one -> one;
      case Keys.From from -> new Keys.From(first);
    };
  }
}
