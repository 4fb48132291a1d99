package io.metastore.junit;

import io.metastore.api.Metastore;
import io.metastore.api.OpenOptions;
import io.metastore.raft.embedded.NodeProvider;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A member of a {@link TestStore}. Not thread-safe. */
public final class TestMember {
  private final OpenOptions options;
  private final Path directory;
  private Optional<NodeProvider.Member> running = Optional.empty();

  private TestMember(OpenOptions options, Path directory) {
    this.options = options;
    this.directory = directory;
  }

  /** Opens a member on a directory that outlives its restarts, but not itself. */
  static TestMember open(OpenOptions options) {
    Path directory;
    try {
      directory = Files.createTempDirectory("metastore-junit-");
    } catch (IOException e) {
      throw new IllegalStateException("no temporary directory", e);
    }
    OpenOptions kept =
        new OpenOptions(
            Optional.of(directory.resolve("data")),
            options.storage(),
            options.storageSettings(),
            options.member(),
            options.clients(),
            options.requestTimeout());
    TestMember member = new TestMember(kept, directory);
    member.start();
    return member;
  }

  /** Its name in the cluster. */
  public String name() {
    return options.member().name();
  }

  /** Where it answers when it runs, as {@code http://host:port}. */
  public String endpoint() {
    return "http://127.0.0.1:" + options.clients().orElseThrow().getPort();
  }

  /** Whether it runs. */
  public boolean isRunning() {
    return running.isPresent();
  }

  /**
   * The member itself, without a network.
   *
   * @throws IllegalStateException when it does not run
   */
  public Metastore store() {
    return running.orElseThrow(() -> new IllegalStateException(name() + " is stopped")).store();
  }

  /** Starts it with the data that it had; nothing when it runs. */
  public void start() {
    if (running.isEmpty()) {
      running = Optional.of(NodeProvider.openMember(options));
    }
  }

  /** Stops it; nothing when it does not run. */
  public void stop() {
    Optional<NodeProvider.Member> stopping = running;
    running = Optional.empty();
    stopping.ifPresent(member -> member.store().close());
  }

  /** Stops and starts it. */
  public void restart() {
    stop();
    start();
  }

  void skipLeaseTime(Duration time) {
    running.ifPresent(member -> member.node().skipLeaseTime(time));
  }

  void close() {
    try {
      stop();
    } finally {
      delete();
    }
  }

  private void delete() {
    try {
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
                throws IOException {
              Files.delete(folder);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new IllegalStateException(directory + " is not deleted", e);
    }
  }
}
