package io.metastore.core.mvcc;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.ScanDirection;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;

/** Merges a cursor with the entries of an overlay, which win where both have a key. */
final class OverlayCursor implements Cursor {
  private final Cursor below;
  private final Iterator<Map.Entry<byte[], Optional<byte[]>>> above;
  private final ScanDirection direction;

  // The next candidates of either side, not yet given out.
  private boolean belowLeft;
  private Optional<Map.Entry<byte[], Optional<byte[]>>> aboveNext;
  // The side's candidate was given out: it moves on at the next step.
  private boolean belowTaken;
  private Optional<Map.Entry<byte[], Optional<byte[]>>> given = Optional.empty();

  /**
   * Creates a cursor before the first entry.
   *
   * @param above in the cursor's direction
   */
  OverlayCursor(
      Cursor below, NavigableMap<byte[], Optional<byte[]>> above, ScanDirection direction) {
    this.below = below;
    this.above = above.entrySet().iterator();
    this.direction = direction;
    this.belowLeft = below.next();
    this.aboveNext = nextAbove();
  }

  private Optional<Map.Entry<byte[], Optional<byte[]>>> nextAbove() {
    return above.hasNext() ? Optional.of(above.next()) : Optional.empty();
  }

  @Override
  public boolean next() {
    if (belowTaken) {
      belowLeft = below.next();
      belowTaken = false;
    }
    while (aboveNext.isPresent()) {
      int order = belowLeft ? compare(below.key(), aboveNext.get().getKey()) : 1;
      if (order < 0) {
        break;
      }
      Map.Entry<byte[], Optional<byte[]>> candidate = aboveNext.get();
      aboveNext = nextAbove();
      if (order == 0) {
        belowLeft = below.next();
      }
      if (candidate.getValue().isPresent()) {
        given = Optional.of(candidate);
        return true;
      }
    }
    given = Optional.empty();
    belowTaken = belowLeft;
    return belowLeft;
  }

  private int compare(byte[] a, byte[] b) {
    int order = Arrays.compareUnsigned(a, b);
    return direction == ScanDirection.FORWARD ? order : -order;
  }

  @Override
  public byte[] key() {
    return given.isPresent() ? given.get().getKey() : below.key();
  }

  @Override
  public byte[] value() {
    return given.isPresent() ? given.get().getValue().orElseThrow() : below.value();
  }

  @Override
  public void close() {
    below.close();
  }
}
