package io.metastore.core.mvcc;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageView;

/**
 * The live keys of the newest revision: a plain walk over CURRENT that decodes only what is asked.
 */
final class CurrentScan implements KeyScan {
  private final Cursor cursor;

  CurrentScan(StorageView view, KeyRange range) {
    cursor = view.scan(Keyspace.CURRENT, range, ScanDirection.FORWARD);
  }

  @Override
  public boolean next() {
    return cursor.next();
  }

  @Override
  public byte[] key() {
    return cursor.key();
  }

  @Override
  public KeyRecord record() {
    return KeyRecord.decode(cursor.value());
  }

  @Override
  public void close() {
    cursor.close();
  }
}
