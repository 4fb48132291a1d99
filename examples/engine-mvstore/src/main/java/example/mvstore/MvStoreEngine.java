package example.mvstore;

import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageSizes;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.RootReference;
import org.h2.mvstore.type.ByteArrayDataType;

/**
 * A map of MVStore for each keyspace.
 *
 * <p>MVStore keeps changes on the heap until it is told to write them to its file, as one version.
 * That is a flush here: write a version, sync the file, then note the version in a file of our own.
 * One version is begun only when the one before is noted, so what a crash leaves is the noted
 * version and perhaps a later one, which opening takes back: it may be torn.
 *
 * <p>A view is the roots of all maps: trees are copied on write, and a version that somebody reads
 * keeps its space in the file.
 */
final class MvStoreEngine implements StorageEngine {
  /** Changes beyond that do not wait for a flush, or the heap would fill. */
  private static final int UNSAVED_BYTES_MAX = 16 << 20;

  /** Below this share of live pages, in percent, a flush rewrites the emptiest parts. */
  private static final int FILL_RATE_MIN = 40;

  private static final int REWRITE_BYTES = 4 << 20;

  private final Path directory;
  private final StoreFiles files;
  private final MVStore store;
  private final Map<Keyspace, MVMap<byte[], byte[]>> maps = new EnumMap<>(Keyspace.class);

  /** Held while the maps change, so that neither a version nor a view has half a batch. */
  private final ReentrantLock changing = new ReentrantLock();

  /** Held from the beginning of a version until it is noted; taken before the other. */
  private final ReentrantLock flushing = new ReentrantLock();

  private volatile boolean closed; // written under both locks
  private volatile boolean broken; // written under changing

  private MvStoreEngine(Path directory, StoreFiles files, MVStore store) {
    this.directory = directory;
    this.files = files;
    this.store = store;
    MVMap.Builder<byte[], byte[]> builder =
        new MVMap.Builder<byte[], byte[]>()
            .keyType(ByteArrayDataType.INSTANCE)
            .valueType(ByteArrayDataType.INSTANCE);
    for (Keyspace keyspace : Keyspace.values()) {
      maps.put(keyspace, store.openMap(keyspace.name(), builder));
    }
  }

  static MvStoreEngine open(Path directory, int cacheMegabytes) {
    StoreFiles files = StoreFiles.open(directory);
    MVStore opened = null;
    try {
      MVStore store =
          new MVStore.Builder()
              .fileName(CheckedPath.nameOf(files.data()))
              .cacheSize(cacheMegabytes)
              // Only a flush writes: MVStore alone would write in the middle of a batch.
              .autoCommitDisabled()
              .autoCommitBufferSize(0)
              .open();
      opened = store;
      long version = store.getCurrentVersion();
      if (version < files.flushed()) {
        // MVStore falls back to an older version when the newest is damaged, and says nothing.
        throw damaged(files.data(), "it is at version " + version + " of " + files.flushed(), null);
      }
      MvStoreEngine engine = new MvStoreEngine(directory, files, store);
      if (version > files.flushed()) {
        store.rollbackTo(files.flushed());
      }
      opened = null;
      return engine;
    } catch (StorageException e) {
      throw e;
    } catch (RuntimeException e) {
      throw damaged(files.data(), e.getMessage(), e);
    } finally {
      if (opened != null) {
        opened.closeImmediately();
        files.close();
      } 
    }
  }

  private static StorageException damaged(Path file, String what, Throwable cause) {
    return new StorageException(
        file
            + " is damaged ("
            + String.valueOf(what).replaceAll("\\s+", " ")
            + "); remove this member from the cluster and add it again, or restore a backup",
        cause);
  }

  @Override
  public void commit(WriteBatch batch) {
    changing.lock();
    try {
      checkUsable();
      try {
        batch.forEach(
            new WriteBatch.Visitor() {
              @Override
              public void put(Keyspace keyspace, byte[] key, byte[] value) {
                maps.get(keyspace).put(key, value);
              }

              @Override
              public void delete(Keyspace keyspace, byte[] key) {
                maps.get(keyspace).remove(key);
              }
            });
      } catch (RuntimeException e) {
        // Part of the batch may be in the maps: nothing of it may be seen or written.
        broken = true;
        throw damaged(files.data(), e.getMessage(), e);
      }
    } finally {
      changing.unlock();
    }
    if (store.getUnsavedMemory() > UNSAVED_BYTES_MAX) {
      flush();
    }
  }

  @Override
  public StorageView view() {
    changing.lock();
    try {
      checkUsable();
      MVStore.TxCounter version = store.registerVersionUsage();
      Map<Keyspace, RootReference<byte[], byte[]>> roots = new EnumMap<>(Keyspace.class);
      maps.forEach((keyspace, map) -> roots.put(keyspace, map.getRoot()));
      return new MvStoreView(this, version, roots);
    } finally {
      changing.unlock();
    }
  }

  @Override
  public void flush() {
    flushing.lock();
    try {
      long version;
      changing.lock();
      try {
        checkUsable();
        store.compact(FILL_RATE_MIN, REWRITE_BYTES);
        store.commit();
        version = store.getCurrentVersion();
      } finally {
        changing.unlock();
      }
      // Reads and commits go on meanwhile.
      if (version != files.flushed()) {
        store.sync();
        files.flushed(version);
      }
    } catch (IllegalStateException e) {
      throw e;
    } catch (RuntimeException e) {
      broken = true;
      throw new StorageException(
          "cannot write " + files.data() + " (" + e.getMessage() + "); check space and disk", e);
    } finally {
      flushing.unlock();
    }
  }

  @Override
  public void checkpoint(Path target) {
    try (StorageView view = view()) {
      Image.write(view, target);
    }
  }

  @Override
  public StorageSizes sizes() {
    return whileOpen(
        () -> {
          long unsaved = store.getUnsavedMemory();
          long file = store.getFileStore().size();
          long live = file / 100 * store.getFileStore().getChunksFillRate();
          return new StorageSizes(file + unsaved, Math.min(file, live) + unsaved);
        });
  }

  @Override
  public Map<String, Long> statistics() {
    return whileOpen(
        () ->
            Map.of(
                "cache_bytes", store.getCacheSizeUsed() * (1L << 20),
                "unsaved_bytes", (long) store.getUnsavedMemory(),
                "file_bytes", store.getFileStore().size(),
                "file_fill_percent", (long) store.getFileStore().getFillRate(),
                "live_pages_percent", (long) store.getFileStore().getChunksFillRate()));
  }

  /** What reads give, as the SPI wants its failures. */
  <T> T whileOpen(java.util.function.Supplier<T> read) {
    checkUsable();
    try {
      return read.get();
    } catch (RuntimeException e) {
      // Whatever a read says that a close overtook.
      checkUsable();
      throw damaged(files.data(), e.getMessage(), e);
    }
  }

  void release(MVStore.TxCounter version) {
    if (!closed) {
      store.deregisterVersionUsage(version);
    }
  }

  private void checkUsable() {
    if (closed) {
      throw new IllegalStateException("the engine on " + directory + " is closed");
    }
    if (broken) {
      throw new StorageException(directory + " has failed before; open it again");
    }
  }

  @Override
  public void close() {
    flushing.lock();
    changing.lock();
    try {
      if (!closed) {
        closed = true;
        try {
          store.closeImmediately();
        } finally {
          files.close();
        }
      }
    } finally {
      changing.unlock();
      flushing.unlock();
    }
  }
}
