package io.metastore.store.rocksdb;

import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * An open RocksDB with its families and options. Thread-safe but for {@link #close}: nobody may be
 * in it then, or come later.
 */
final class Database implements AutoCloseable {
  private final RocksDB rocks;
  private final NativeOptions options;
  // By Keyspace.ordinal(): a lookup for every read and every operation of a batch. The order is not
  // on disk, the names are.
  private final ColumnFamilyHandle[] families;
  // Asked for once: each is a native call.
  private final int[] familyIds;

  private Database(RocksDB rocks, NativeOptions options, List<ColumnFamilyHandle> handles) {
    this.rocks = rocks;
    this.options = options;
    this.families = handles.toArray(new ColumnFamilyHandle[0]);
    this.familyIds = handles.stream().mapToInt(ColumnFamilyHandle::getID).toArray();
  }

  /** Opens a database to read and write. */
  static Database open(Path directory, RocksDbSettings settings, boolean create) {
    return open(directory, settings, create, false);
  }

  /** Opens a database without changing its data. */
  static Database openReadOnly(Path directory) {
    return open(directory, RocksDbSettings.of(Map.of()), false, true);
  }

  private static Database open(
      Path directory, RocksDbSettings settings, boolean create, boolean readOnly) {
    NativeLibrary.load();
    NativeOptions options = new NativeOptions(settings, create);
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    boolean opened = false;
    try {
      List<ColumnFamilyDescriptor> families = new ArrayList<>();
      for (Keyspace keyspace : Keyspace.values()) {
        families.add(new ColumnFamilyDescriptor(name(keyspace), options.family(keyspace)));
      }
      families.add(
          new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, options.unusedFamily()));
      if (!create) {
        checkFamilies(directory);
      }
      String path = directory.toString();
      RocksDB rocks =
          readOnly
              ? RocksDB.openReadOnly(options.database(), path, families, handles)
              : RocksDB.open(options.database(), path, families, handles);
      opened = true;
      return new Database(rocks, options, handles);
    } catch (RocksDBException e) {
      throw Failures.opening(directory, e);
    } finally {
      if (!opened) {
        options.close();
      }
    }
  }

  private static void checkFamilies(Path directory) throws RocksDBException {
    Set<String> unknown = new HashSet<>();
    try (Options none = new Options()) {
      for (byte[] name : RocksDB.listColumnFamilies(none, directory.toString())) {
        unknown.add(new String(name, StandardCharsets.UTF_8));
      }
    }
    for (Keyspace keyspace : Keyspace.values()) {
      unknown.remove(keyspace.name());
    }
    unknown.remove(new String(RocksDB.DEFAULT_COLUMN_FAMILY, StandardCharsets.UTF_8));
    if (!unknown.isEmpty()) {
      throw new StorageException(
          directory
              + " has keyspaces "
              + unknown
              + ", which this release does not know; open it with the release that wrote it");
    }
  }

  private static byte[] name(Keyspace keyspace) {
    return keyspace.name().getBytes(StandardCharsets.UTF_8);
  }

  RocksDB rocks() {
    return rocks;
  }

  NativeOptions options() {
    return options;
  }

  // The array lists them in the order of Keyspace.values(), however that order changes.
  @SuppressWarnings("EnumOrdinal")
  ColumnFamilyHandle family(Keyspace keyspace) {
    return families[keyspace.ordinal()];
  }

  /** The number by which a serialized batch names a family. */
  @SuppressWarnings("EnumOrdinal")
  int familyId(Keyspace keyspace) {
    return familyIds[keyspace.ordinal()];
  }

  /** The families of all keyspaces, and RocksDB's own. */
  List<ColumnFamilyHandle> families() {
    return List.of(families);
  }

  /** Ends RocksDB, which waits for its background work, and frees everything. */
  @Override
  public void close() {
    try {
      for (ColumnFamilyHandle family : families) {
        family.close();
      }
      rocks.closeE();
    } catch (RocksDBException e) {
      throw new StorageException("RocksDB has not ended cleanly: " + Failures.text(e), e);
    } finally {
      rocks.close();
      options.close();
    }
  }
}
