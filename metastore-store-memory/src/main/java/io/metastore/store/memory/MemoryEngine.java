package io.metastore.store.memory;

import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageSizes;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** A store whose contents are on the heap. Threads as the SPI says. */
final class MemoryEngine implements StorageEngine {
  private final StoreDirectory directory;

  // One image is written at a time; the lock also guards what follows it.
  private final ReentrantLock imageLock = new ReentrantLock();
  private long flushedEdit;
  private boolean directoryClosed;

  // Written by the committing thread only.
  private long edits;
  private volatile Contents contents;

  private volatile boolean closed;
  private volatile long imageBytes;

  private MemoryEngine(StoreDirectory directory, Contents contents) throws IOException {
    this.directory = directory;
    this.contents = contents;
    this.imageBytes = Files.size(directory.image());
  }

  static MemoryEngine open(Path path) {
    StoreDirectory directory = StoreDirectory.take(path);
    MemoryEngine engine = null;
    try {
      engine = open(directory);
      return engine;
    } catch (IOException e) {
      throw new StorageException(
          "cannot write " + directory.image() + " (" + e + "); free space or make it writable", e);
    } finally {
      if (engine == null) {
        directory.close();
      }
    }
  }

  private static MemoryEngine open(StoreDirectory directory) throws IOException {
    Contents contents;
    if (Files.exists(directory.image())) {
      contents = ImageReader.read(directory.image());
      Files.deleteIfExists(StoreDirectory.unfinished(directory.image()));
    } else {
      // From now on a directory without an image is not taken for an empty store.
      contents = Contents.empty();
      ImageWriter.write(contents, directory.image());
    }
    directory.markUsed();
    return new MemoryEngine(directory, contents);
  }

  @Override
  public void commit(WriteBatch batch) {
    checkOpen();
    if (batch.isEmpty()) {
      return;
    }
    // A number is used once, even when the batch fails half-way for want of memory: its nodes must
    // never look like those of another edit.
    edits++;
    ContentsEdit edit = new ContentsEdit(contents, edits);
    batch.forEach(edit);
    contents = edit.done();
  }

  @Override
  public StorageView view() {
    checkOpen();
    return new MemoryView(this, contents);
  }

  @Override
  public void flush() {
    imageLock.lock();
    try {
      checkOpen();
      Contents flushed = contents;
      if (flushed.edit() != flushedEdit) {
        ImageWriter.write(flushed, directory.image());
        flushedEdit = flushed.edit();
        imageBytes = Files.size(directory.image());
      }
    } catch (IOException e) {
      throw new StorageException(
          "cannot write " + directory.image() + " (" + e + "); free space on the disk", e);
    } finally {
      imageLock.unlock();
    }
  }

  @Override
  public void checkpoint(Path target) {
    imageLock.lock();
    try {
      checkOpen();
      Contents written = contents;
      Files.createDirectory(target);
      boolean done = false;
      try {
        ImageWriter.write(written, StoreDirectory.image(target));
        StoreDirectory.sync(target.toAbsolutePath().getParent());
        done = true;
      } finally {
        if (!done) {
          StoreDirectory.undo(target, true);
        }
      }
    } catch (IOException e) {
      throw new StorageException(
          "cannot write checkpoint "
              + target
              + " ("
              + e
              + "); it must not exist, its parent must, with enough free space",
          e);
    } finally {
      imageLock.unlock();
    }
  }

  @Override
  public StorageSizes sizes() {
    checkOpen();
    long bytes = contents.heapBytes();
    return new StorageSizes(bytes, bytes);
  }

  @Override
  public Map<String, Long> statistics() {
    checkOpen();
    Contents now = contents;
    return Map.of(
        "entries", now.entries(),
        "heap_bytes", now.heapBytes(),
        "image_bytes", imageBytes);
  }

  @Override
  public void close() {
    closed = true;
    // Waits for an image that is being written.
    imageLock.lock();
    try {
      if (!directoryClosed) {
        directoryClosed = true;
        contents = Contents.empty();
        directory.close();
      }
    } finally {
      imageLock.unlock();
    }
  }

  boolean isClosed() {
    return closed;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("storage engine is closed: " + directory.path());
    }
  }
}
