package io.metastore.raft;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;

/**
 * A node's directory: who it belongs to, and where the log and the store are. While it is open no
 * other node can open it, in this process or another.
 *
 * <pre>
 *   identity   cluster, member, name and engine, written once
 *   lock       held by the running node
 *   log/       Raft's
 *   store/     the engine's
 * </pre>
 *
 * <p>Closing twice is harmless. Thread-safe.
 */
final class DataDirectory implements AutoCloseable {
  private static final String FORMAT = "1";
  private static final String IDENTITY_FILE = "identity";
  private static final String LOCK_FILE = "lock";

  /**
   * Who a data directory belongs to.
   *
   * @param clusterId unsigned
   * @param memberId unsigned
   * @param name the member's
   * @param storage the engine's
   */
  record Identity(long clusterId, long memberId, String name, String storage) {}

  private final Path path;
  private final FileChannel lockChannel;

  private DataDirectory(Path path, FileChannel lockChannel) {
    this.path = path;
    this.lockChannel = lockChannel;
  }

  /**
   * Opens a directory, making it when it is missing, and checks that it belongs to a member.
   *
   * @throws StartException when it cannot be used, is in use or belongs to somebody else; nothing
   *     in it was then changed
   */
  static DataDirectory open(Path path, Identity expected) throws StartException {
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw unusable(path, "cannot be made", e);
    }
    if (!Files.isWritable(path)) {
      throw new StartException(
          "data-dir: " + path + " cannot be written to: check its permissions");
    }
    FileChannel lock = lock(path);
    try {
      DataDirectory directory = new DataDirectory(path, lock);
      directory.identify(expected);
      return directory;
    } catch (IOException e) {
      closeQuietly(lock, e);
      throw unusable(path, "cannot be read or written", e);
    } catch (StartException e) {
      closeQuietly(lock, e);
      throw e;
    }
  }

  /** True when a directory belongs to some member. */
  static boolean holdsMember(Path path) {
    return Files.exists(path.resolve(IDENTITY_FILE));
  }

  private static FileChannel lock(Path path) throws StartException {
    try {
      FileChannel channel =
          FileChannel.open(
              path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return channel;
        }
      } catch (OverlappingFileLockException e) {
        // Held by another node of this process.
      }
      channel.close();
    } catch (IOException e) {
      throw unusable(path, "cannot be locked", e);
    }
    throw new StartException(
        "data-dir: "
            + path
            + " is in use by another running node: stop it or name another directory");
  }

  private void identify(Identity expected) throws IOException, StartException {
    Path file = path.resolve(IDENTITY_FILE);
    if (Files.exists(file)) {
      check(read(file), expected);
      return;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      for (Path entry : entries) {
        if (!entry.endsWith(LOCK_FILE)) {
          throw new StartException(
              "data-dir: "
                  + path
                  + " is not empty and holds no MetaStore data ("
                  + entry.getFileName()
                  + "): name an empty or new directory");
        }
      }
    }
    write(file, expected);
  }

  private Identity read(Path file) throws IOException, StartException {
    Properties properties = new Properties();
    try (Reader reader = new StringReader(Files.readString(file))) {
      properties.load(reader);
      if (FORMAT.equals(properties.getProperty("format"))) {
        return new Identity(
            Long.parseUnsignedLong(properties.getProperty("cluster-id", ""), 16),
            Long.parseUnsignedLong(properties.getProperty("member-id", ""), 16),
            properties.getProperty("name", ""),
            properties.getProperty("storage", ""));
      }
    } catch (IllegalArgumentException e) {
      throw new StartException("data-dir: " + file + " is damaged: restore it from a backup", e);
    }
    throw new StartException(
        "data-dir: "
            + path
            + " has format "
            + properties.getProperty("format")
            + ", this release reads format "
            + FORMAT);
  }

  private void check(Identity found, Identity expected) throws StartException {
    require(found.name().equals(expected.name()), "member", found.name(), expected.name());
    require(
        found.storage().equals(expected.storage()),
        "storage engine",
        found.storage(),
        expected.storage());
    require(
        found.memberId() == expected.memberId(),
        "member id",
        MemberIds.hex(found.memberId()),
        MemberIds.hex(expected.memberId())
            + " (made of initial-advertise-peer-urls and initial-cluster-token)");
    require(
        found.clusterId() == expected.clusterId(),
        "cluster",
        MemberIds.hex(found.clusterId()),
        MemberIds.hex(expected.clusterId())
            + " (made of initial-cluster and initial-cluster-token)");
  }

  private void require(boolean equal, String what, String found, String expected)
      throws StartException {
    if (!equal) {
      throw new StartException(
          "data-dir: " + path + " belongs to " + what + " " + found + ", not to " + expected);
    }
  }

  private void write(Path file, Identity identity) throws IOException {
    String text =
        "format=%s%ncluster-id=%s%nmember-id=%s%nname=%s%nstorage=%s%n"
            .formatted(
                FORMAT,
                MemberIds.hex(identity.clusterId()),
                MemberIds.hex(identity.memberId()),
                identity.name(),
                identity.storage());
    Path temporary = path.resolve(IDENTITY_FILE + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel directory = FileChannel.open(path, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  /** Raft's part; may not exist yet. */
  Path log() {
    return path.resolve("log");
  }

  /** The engine's part; exists. */
  Path store() throws StartException {
    try {
      return Files.createDirectories(path.resolve("store"));
    } catch (IOException e) {
      throw unusable(path, "cannot be written to", e);
    }
  }

  private static StartException unusable(Path path, String how, IOException e) {
    String reason = e.getMessage() == null ? "" : e.getMessage();
    return new StartException(
        "data-dir: "
            + path
            + " "
            + how
            + " ("
            + e.getClass().getSimpleName()
            + (reason.equals(path.toString()) ? "" : ": " + reason)
            + ")",
        e);
  }

  private static void closeQuietly(FileChannel channel, Exception because) {
    try {
      channel.close();
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }

  /** Lets another node have the directory. */
  @Override
  public void close() throws IOException {
    lockChannel.close();
  }
}
