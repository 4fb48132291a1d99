package io.metastore.junit;

import io.metastore.api.Metastore;
import io.metastore.api.OpenOptions;
import io.metastore.raft.embedded.NodeProvider;
import io.metastore.testkit.network.Fault;
import io.metastore.testkit.network.Link;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A member of a {@link TestStore}. Not thread-safe. */
public final class TestMember {
  private final OpenOptions options;
  private final Path directory;
  // Clients come through it, so that a paused member can keep them waiting.
  private final Link clients;
  private final CallGate calls = new CallGate();
  private Optional<NodeProvider.Member> running = Optional.empty();
  // Of the members of the store by turns; a member that starts does not forget them.
  private Set<Long> ignored = Set.of();

  private TestMember(OpenOptions options, Path directory, Link clients) {
    this.options = options;
    this.directory = directory;
    this.clients = clients;
  }

  /**
   * Opens a member on a directory that outlives its restarts, but not itself. Nothing is left when
   * that fails.
   *
   * @param parent of that directory
   */
  static TestMember open(OpenOptions options, Path parent) {
    Path directory;
    try {
      directory = Files.createTempDirectory(parent, "metastore-junit-");
    } catch (IOException e) {
      throw new IllegalStateException("no temporary directory in " + parent, e);
    }
    OpenOptions kept =
        new OpenOptions(
            Optional.of(directory.resolve("data")),
            options.storage(),
            options.storageSettings(),
            options.member(),
            options.clients(),
            options.requestTimeout(),
            options.upkeep());
    Link clients;
    try {
      InetSocketAddress port = options.clients().orElseThrow();
      clients = Link.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), port);
    } catch (IOException e) {
      IllegalStateException failure = new IllegalStateException("no port for clients", e);
      Endings.after(failure, () -> delete(directory));
      throw failure;
    }
    TestMember member = new TestMember(kept, directory, clients);
    try {
      member.start();
      return member;
    } catch (RuntimeException | Error e) {
      Endings.after(e, member::close);
      throw e;
    }
  }

  /** Its name in the cluster. */
  public String name() {
    return options.member().name();
  }

  /** Where it answers when it runs, as {@code http://host:port}. */
  public String endpoint() {
    return "http://127.0.0.1:" + clients.address().getPort();
  }

  /** Whether it runs. */
  public boolean isRunning() {
    return running.isPresent();
  }

  /**
   * The member itself, without a network. Its calls wait while the member is paused.
   *
   * @throws IllegalStateException when it does not run
   */
  public Metastore store() {
    return calls.guard(running().store());
  }

  /** Starts it with the data that it had; nothing when it runs. */
  public void start() {
    if (running.isEmpty()) {
      NodeProvider.Member member = NodeProvider.openMember(options);
      running = Optional.of(member);
      member.node().ignore(ignored);
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

  /** Its id; known once it has run. */
  long id() {
    return running().node().consensus().memberId();
  }

  private NodeProvider.Member running() {
    return running.orElseThrow(() -> new IllegalStateException(name() + " is stopped"));
  }

  /** Makes it hear nothing of these members, also when it is started later. */
  void ignore(Set<Long> members) {
    ignored = members;
    running.ifPresent(member -> member.node().ignore(members));
  }

  /** Holds up whoever calls it, by its port or without a network, until it is resumed. */
  void pause() {
    clients.set(new Fault.Silence());
    calls.shut();
  }

  void resume() {
    calls.open();
    clients.set(new Fault.None());
  }

  void skipLeaseTime(Duration time) {
    running.ifPresent(member -> member.node().skipLeaseTime(time));
  }

  void close() {
    Endings.inTurn(this::stop, clients::close, () -> delete(directory));
  }

  private static void delete(Path directory) {
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
