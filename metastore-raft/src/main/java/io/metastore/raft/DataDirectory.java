package io.metastore.raft;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * A node's directory: who it belongs to, and where the log and the store are. While it is open no
 * other node can open it, in this process or another.
 *
 * <pre>
 *   identity   cluster, member, name and engine, written once
 *   lock       held by the running node
 *   token      of an embedded cluster of one member; drawn before the first start
 *   log/       Raft's
 *   store/     the engine's
 * </pre>
 *
 * <p>Closing twice is harmless. Thread-safe.
 */
final class DataDirectory implements AutoCloseable {
  private static final String SETTING = "data-dir";
  private static final String FORMAT = "1";
  static final String IDENTITY_FILE = "identity";
  static final String IDENTITY_UNFINISHED = IDENTITY_FILE + ".tmp";
  static final String LOCK_FILE = "lock";
  static final String TOKEN_FILE = "token";
  static final String LOG = "log";

  // POSIX drops a process's locks on a file when any of its descriptors for the file is closed, so
  // a second open in this process must be refused before it touches the lock file.
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  /**
   * Who a data directory belongs to.
   *
   * @param clusterId unsigned
   * @param memberId unsigned
   * @param name the member's
   * @param storage the engine's
   * @param founders the voters of a new cluster and the addresses they had, by id; empty for a
   *     member that joined a running one
   * @param learner whether it joined without a vote; it may have got one since
   */
  record Identity(
      long clusterId,
      long memberId,
      String name,
      String storage,
      Map<Long, String> founders,
      boolean learner) {
    Identity {
      founders = Map.copyOf(founders);
    }
  }

  private final Path path;
  private final Path held;
  private final FileChannel lockChannel;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final boolean made;
  // Written by open, before anybody else has this.
  private boolean fresh;

  private DataDirectory(Path path, boolean made, Path held, FileChannel lockChannel) {
    this.path = path;
    this.made = made;
    this.held = held;
    this.lockChannel = lockChannel;
  }

  /**
   * Opens a directory, making it when it is missing, and checks that it belongs to a member.
   *
   * @throws StartException when it cannot be used, is in use or belongs to somebody else; nothing
   *     in it was then changed
   */
  static DataDirectory open(Path path, Identity expected) throws StartException {
    if (Files.exists(path) && !Files.isDirectory(path)) {
      throw refused(path, "is a file, not a directory: name an empty or new directory");
    }
    boolean made = !Files.exists(path);
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw unusable(path, "cannot be made", e);
    }
    if (!Files.isWritable(path)) {
      throw refused(path, "cannot be written to: check its permissions");
    }
    try {
      // Before the lock, so that not even that is left in a directory of somebody else.
      requireOurs(path);
      DataDirectory directory = hold(path, made);
      try {
        directory.identify(expected);
        return directory;
      } catch (IOException | StartException e) {
        closeQuietly(directory, e);
        throw e;
      }
    } catch (IOException e) {
      throw unusable(path, "cannot be read or written", e);
    }
  }

  /** True when a directory belongs to some member. */
  static boolean holdsMember(Path path) {
    return Files.exists(path.resolve(IDENTITY_FILE));
  }

  /**
   * Who a directory belongs to already, if to anybody. A member keeps its ids for life, whatever
   * its options say later.
   *
   * @throws StartException when that cannot be read
   */
  static Optional<Identity> owner(Path path) throws StartException {
    Path file = path.resolve(IDENTITY_FILE);
    try {
      return Files.exists(file) ? Optional.of(read(path, file)) : Optional.empty();
    } catch (IOException e) {
      throw unusable(path, "cannot be read", e);
    }
  }

  private static DataDirectory hold(Path path, boolean made) throws IOException, StartException {
    Path real = path.toRealPath();
    if (!HELD.add(real)) {
      throw inUse(path);
    }
    boolean locked = false;
    try {
      FileChannel channel =
          FileChannel.open(
              path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        locked = channel.tryLock() != null;
      } finally {
        if (!locked) {
          channel.close();
        }
      }
      if (locked) {
        return new DataDirectory(path, made, real, channel);
      }
      throw inUse(path);
    } finally {
      if (!locked) {
        HELD.remove(real);
      }
    }
  }

  private static StartException inUse(Path path) {
    return refused(path, "is in use by another running node: stop it or name another directory");
  }

  private void identify(Identity expected) throws IOException, StartException {
    Path file = path.resolve(IDENTITY_FILE);
    if (Files.exists(file)) {
      check(read(path, file), expected);
      // Nothing else tells a node whose log was lost before the engine's first flush from a new
      // one.
      if (!Files.isDirectory(log())) {
        throw refused(
            path, "the log " + log() + " is missing: restore the directory from a backup");
      }
    } else {
      // The log's directory goes first: where there is an identity, there was a log.
      Files.createDirectories(log());
      write(file, expected);
      fresh = true;
    }
  }

  /**
   * Removes what this start made, because it is refused after all: no client was ever told of a
   * write. A directory that had an owner before is left as it is.
   */
  void undo() throws IOException {
    if (fresh) {
      UnfinishedStart.remove(path, made);
    }
  }

  private static void requireOurs(Path path) throws IOException, StartException {
    if (Files.exists(path.resolve(IDENTITY_FILE))) {
      return;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      for (Path entry : entries) {
        if (!UnfinishedStart.leaves(entry)) {
          throw refused(
              path,
              "is not empty and holds no MetaStore data ("
                  + entry.getFileName()
                  + "): name an empty or new directory");
        }
      }
    }
  }

  private static Identity read(Path path, Path file) throws IOException, StartException {
    Properties properties = new Properties();
    String format;
    try (Reader reader = new StringReader(Files.readString(file))) {
      properties.load(reader);
      format = properties.getProperty("format", "");
      if (FORMAT.equals(format)) {
        return new Identity(
            Long.parseUnsignedLong(properties.getProperty("cluster-id", ""), 16),
            Long.parseUnsignedLong(properties.getProperty("member-id", ""), 16),
            properties.getProperty("name", ""),
            properties.getProperty("storage", ""),
            founders(properties.getProperty("founders", "")),
            Boolean.parseBoolean(properties.getProperty("learner", "false")));
      }
      if (format.isEmpty()) {
        throw new IllegalArgumentException("format is missing");
      }
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw new StartException(
          SETTING, path.toString(), file + " is damaged: restore it from a backup", e);
    }
    throw refused(path, "has format " + format + ", this release reads format " + FORMAT);
  }

  private static Map<Long, String> founders(String text) {
    Map<Long, String> founders = new TreeMap<>();
    for (String founder : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      int at = founder.indexOf('@');
      founders.put(
          Long.parseUnsignedLong(founder, 0, Math.max(0, at), 16), founder.substring(at + 1));
    }
    return founders;
  }

  private void check(Identity found, Identity expected) throws StartException {
    if (!found.name().equals(expected.name())) {
      throw new StartException(
          "name",
          expected.name(),
          path
              + " belongs to member "
              + found.name()
              + ": use that name, or another data directory");
    }
    if (!found.storage().equals(expected.storage())) {
      throw new StartException(
          "storage",
          expected.storage(),
          path
              + " was made by engine "
              + found.storage()
              + ": use that one, or another data directory");
    }
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
      throw refused(path, "belongs to " + what + " " + found + ", not to " + expected);
    }
  }

  private void write(Path file, Identity identity) throws IOException {
    String text =
        "format=%s%ncluster-id=%s%nmember-id=%s%nname=%s%nstorage=%s%nfounders=%s%nlearner=%s%n"
            .formatted(
                FORMAT,
                MemberIds.hex(identity.clusterId()),
                MemberIds.hex(identity.memberId()),
                escaped(identity.name()),
                escaped(identity.storage()),
                identity.founders().entrySet().stream()
                    .map(founder -> MemberIds.hex(founder.getKey()) + "@" + founder.getValue())
                    .sorted()
                    .collect(Collectors.joining(",")),
                identity.learner());
    Path temporary = path.resolve(IDENTITY_UNFINISHED);
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

  /** A value as {@link Properties#load} gives it back. */
  private static String escaped(String value) {
    String escaped =
        value
            .replace("\\", "\\\\")
            .replace("\n", "\\n")
            .replace("\r", "\\r")
            .replace("\t", "\\t")
            .replace("\f", "\\f");
    return escaped.startsWith(" ") ? "\\" + escaped : escaped;
  }

  /** Where it is. */
  Path path() {
    return path;
  }

  /** Raft's part; exists. */
  Path log() {
    return path.resolve(LOG);
  }

  /** The folders of engines. */
  StoreFolders folders() {
    return new StoreFolders(path);
  }

  /** The engine's part; exists. */
  Path store() throws StartException {
    try {
      return folders().current();
    } catch (IOException e) {
      throw unusable(path, "cannot be written to", e);
    }
  }

  private static StartException unusable(Path path, String how, IOException e) {
    return new StartException(SETTING, path.toString(), how + " (" + FileErrors.words(e) + ")", e);
  }

  private static StartException refused(Path path, String reason) {
    return new StartException(SETTING, path.toString(), reason);
  }

  private static void closeQuietly(DataDirectory directory, Exception because) {
    try {
      directory.close();
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }

  /** Lets another node have the directory. */
  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      try {
        lockChannel.close();
      } finally {
        HELD.remove(held);
      }
    }
  }
}
