package example.mvstore;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.ScanDirection;
import org.h2.mvstore.RootReference;

/** A walk over one tree. MVStore's own cursor includes its upper bound; ours does not. */
final class MvStoreCursor implements Cursor {
  private final MvStoreView view;
  private final KeyRange range;
  private final org.h2.mvstore.Cursor<byte[], byte[]> cursor;
  private byte[] key; // null when there is no entry at the cursor
  private byte[] value;
  private boolean ended;
  private boolean closed;

  MvStoreCursor(
      MvStoreView view,
      RootReference<byte[], byte[]> root,
      KeyRange range,
      ScanDirection direction) {
    this.view = view;
    this.range = range;
    this.ended = range.isEmpty();
    boolean backward = direction == ScanDirection.BACKWARD;
    byte[] to = range.to().orElse(null);
    this.cursor =
        new org.h2.mvstore.Cursor<>(
            root, backward ? to : range.from(), backward ? range.from() : to, backward);
  }

  @Override
  public boolean next() {
    checkOpen();
    return view.whileOpen(
        () -> {
          key = null;
          while (!ended && key == null) {
            if (cursor.hasNext()) {
              byte[] found = cursor.next();
              key = range.contains(found) ? found : null;
              value = cursor.getValue();
            } else {
              ended = true;
            }
          }
          return !ended;
        });
  }

  @Override
  public byte[] key() {
    checkEntry();
    return key;
  }

  @Override
  public byte[] value() {
    checkEntry();
    return value;
  }

  private void checkEntry() {
    checkOpen();
    if (key == null) {
      throw new IllegalStateException("there is no entry at the cursor");
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the cursor is closed");
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
