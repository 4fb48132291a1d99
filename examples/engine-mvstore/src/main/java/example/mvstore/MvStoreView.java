package example.mvstore;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageView;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.Page;
import org.h2.mvstore.RootReference;

/** The roots of all maps at one moment. Thread-safe: nobody changes a tree that has been read. */
final class MvStoreView implements StorageView {
  private final MvStoreEngine engine;
  private final MVStore.TxCounter version;
  private final Map<Keyspace, RootReference<byte[], byte[]>> roots;
  private final AtomicBoolean closed = new AtomicBoolean();

  MvStoreView(
      MvStoreEngine engine,
      MVStore.TxCounter version,
      Map<Keyspace, RootReference<byte[], byte[]>> roots) {
    this.engine = engine;
    this.version = version;
    this.roots = roots;
  }

  @Override
  public Optional<byte[]> get(Keyspace keyspace, byte[] key) {
    Page<byte[], byte[]> root = roots.get(keyspace).root;
    return whileOpen(() -> Optional.ofNullable(root.map.get(root, key)));
  }

  @Override
  public Cursor scan(Keyspace keyspace, KeyRange range, ScanDirection direction) {
    return whileOpen(() -> new MvStoreCursor(this, roots.get(keyspace), range, direction));
  }

  <T> T whileOpen(Supplier<T> read) {
    if (closed.get()) {
      throw new IllegalStateException("the view is closed");
    }
    return engine.whileOpen(read);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      engine.release(version);
    }
  }
}
