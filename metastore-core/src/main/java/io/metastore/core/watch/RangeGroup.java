package io.metastore.core.watch;

import org.jspecify.annotations.Nullable;

/** The subscribers of one range: a node of {@link IntervalTree}. */
final class RangeGroup extends Group {
  final byte[] to;
  @Nullable RangeGroup left;
  @Nullable RangeGroup right;
  // The largest end in this subtree.
  byte[] toMax;

  RangeGroup(byte[] from, byte[] to, int priority) {
    super(from, priority);
    this.to = to;
    this.toMax = to;
  }
}
