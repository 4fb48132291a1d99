package example.mvstore;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/** A checkpoint: one file with every entry of a view and a checksum over all of it. */
final class Image {
  private static final String FILE = "image";
  private static final String FORMAT = "mvstore engine image 1";
  private static final int BATCH_BYTES = 1 << 20;

  private Image() {}

  /** Writes a view into a new directory. */
  static void write(StorageView view, Path directory) {
    boolean complete = false;
    boolean created = false;
    try {
      Files.createDirectory(directory);
      created = true;
      CRC32C sum = new CRC32C();
      try (FileOutputStream file = new FileOutputStream(directory.resolve(FILE).toFile());
          DataOutputStream out =
              new DataOutputStream(
                  new CheckedOutputStream(new BufferedOutputStream(file, 1 << 16), sum))) {
        out.writeUTF(FORMAT);
        for (Keyspace keyspace : Keyspace.values()) {
          out.writeUTF(keyspace.name());
          writeEntries(view, keyspace, out);
        }
        out.writeUTF("");
        out.writeLong(sum.getValue());
        out.flush();
        file.getFD().sync();
      }
      StoreFiles.sync(directory);
      StoreFiles.sync(directory.toAbsolutePath().getParent());
      complete = true;
    } catch (IOException e) {
      throw new StorageException("cannot write " + directory + " (" + e + "); check space", e);
    } finally {
      if (created && !complete) {
        clear(directory, true);
      }
    }
  }

  private static void writeEntries(StorageView view, Keyspace keyspace, DataOutputStream out)
      throws IOException {
    try (Cursor cursor = view.scan(keyspace, KeyRange.all(), ScanDirection.FORWARD)) {
      while (cursor.next()) {
        out.writeInt(cursor.key().length);
        out.writeInt(cursor.value().length);
        out.write(cursor.key());
        out.write(cursor.value());
      }
    }
    out.writeInt(-1);
  }

  /** Makes a store of a checkpoint. */
  static void restore(Path checkpoint, Path directory) {
    Path file = checkpoint.resolve(FILE);
    boolean missing = !Files.exists(directory);
    if (!missing && !isEmptyDirectory(directory)) {
      throw new StorageException(directory + " is not an empty directory; name another");
    }
    if (!Files.isRegularFile(file)) {
      throw new StorageException(file + " is missing; name the directory of a checkpoint");
    }
    boolean complete = false;
    try {
      // Checked as a whole first: a length in a damaged file would be any number.
      check(file);
      Files.createDirectories(directory);
      try (StorageEngine engine = MvStoreEngine.open(directory, 1);
          DataInputStream in = open(file)) {
        in.readUTF();
        for (String name = in.readUTF(); !name.isEmpty(); name = in.readUTF()) {
          readEntries(in, Keyspace.valueOf(name), engine);
        }
        engine.flush();
      }
      complete = true;
    } catch (IOException | IllegalArgumentException e) {
      throw new StorageException(
          "cannot restore " + checkpoint + " to " + directory + " (" + e + "); check space", e);
    } finally {
      if (!complete) {
        clear(directory, missing);
      }
    }
  }

  private static DataInputStream open(Path file) throws IOException {
    return new DataInputStream(new BufferedInputStream(new FileInputStream(file.toFile()), 1 << 16));
  }

  private static void check(Path file) throws IOException {
    long length = Files.size(file) - Long.BYTES;
    CRC32C sum = new CRC32C();
    try (DataInputStream in =
        new DataInputStream(
            new CheckedInputStream(
                new BufferedInputStream(new FileInputStream(file.toFile()), 1 << 16), sum))) {
      if (length > 0) {
        in.skipNBytes(length);
        long expected = sum.getValue();
        if (in.readLong() == expected) {
          return;
        }
      }
    }
    throw new StorageException(file + " is damaged; take another checkpoint");
  }

  private static void readEntries(DataInputStream in, Keyspace keyspace, StorageEngine engine)
      throws IOException {
    WriteBatch batch = new WriteBatch();
    for (int keyBytes = in.readInt(); keyBytes >= 0; keyBytes = in.readInt()) {
      int valueBytes = in.readInt();
      batch.put(keyspace, in.readNBytes(keyBytes), in.readNBytes(valueBytes));
      if (batch.bytes() > BATCH_BYTES) {
        engine.commit(batch);
        batch.clear();
      }
    }
    engine.commit(batch);
  }

  private static boolean isEmptyDirectory(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  private static void clear(Path directory, boolean directoryToo) {
    try (Stream<Path> walk = Files.walk(directory)) {
      List<Path> deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        if (directoryToo || !path.equals(directory)) {
          Files.deleteIfExists(path);
        }
      }
    } catch (IOException e) {
      // The failure that is about to be reported is the one that matters.
    }
  }
}
