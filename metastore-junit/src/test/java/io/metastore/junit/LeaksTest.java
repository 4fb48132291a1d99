package io.metastore.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.Metastore;
import io.metastore.api.RefusedException;
import io.metastore.testkit.network.FreePorts;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What fails leaves nothing behind: no member, no port, no client, no file. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LeaksTest {
  private static final Map<String, URI> PEERS =
      Map.of("a", URI.create("http://127.0.0.1:" + FreePorts.next()));

  @TempDir private Path temp;

  private TestMember member() {
    return TestMember.open(TestStore.options("a", PEERS, "memory"), temp);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(temp)) {
      return files.toList();
    }
  }

  /** A client whose every call fails, and its close as well if wanted. */
  private static Metastore broken(AtomicBoolean closed, boolean closeFails) {
    return (Metastore)
        Proxy.newProxyInstance(
            LeaksTest.class.getClassLoader(),
            new Class<?>[] {Metastore.class},
            (self, method, arguments) -> {
              if (method.getName().equals("close")) {
                closed.set(true);
                if (!closeFails) {
                  return null;
                }
              }
              throw new IllegalStateException("broken: " + method.getName());
            });
  }

  private static void assertGone(TestMember member) {
    assertFalse(member.isRunning());
    int port = URI.create(member.endpoint()).getPort();
    assertThrows(
        IOException.class, () -> new Socket(InetAddress.getLoopbackAddress(), port).close());
  }

  @Test
  void memberThatDoesNotStartLeavesNothing() throws IOException {
    assertThrows(
        RefusedException.class,
        () -> TestMember.open(TestStore.options("a", PEERS, "no-such-engine"), temp));
    assertEquals(List.of(), files());
  }

  @Test
  void storeThatDoesNotAnswerClosesItsClientAndItsMembers() throws IOException {
    TestMember member = member();
    AtomicBoolean closed = new AtomicBoolean();
    assertThrows(
        IllegalStateException.class,
        () -> TestStore.of(List.of(member), members -> broken(closed, false)));
    assertTrue(closed.get(), "the client is open");
    assertGone(member);
    assertEquals(List.of(), files());
  }

  @Test
  void membersAreClosedWhateverTheClientThrows() throws IOException {
    TestMember member = member();
    AtomicBoolean closed = new AtomicBoolean();
    IllegalStateException failure =
        assertThrows(
            IllegalStateException.class,
            () -> TestStore.of(List.of(member), members -> broken(closed, true)));
    assertEquals("broken: status", failure.getMessage());
    assertEquals("broken: close", failure.getSuppressed()[0].getMessage());
    assertGone(member);
    assertEquals(List.of(), files());
  }

  @Test
  void everyEndingIsTriedAndEveryFailureTold() {
    IllegalStateException one = new IllegalStateException("one");
    IllegalStateException two = new IllegalStateException("two");
    AtomicBoolean third = new AtomicBoolean();
    List<Runnable> ends = List.of(() -> fail(one), () -> fail(two), () -> third.set(true));
    IllegalStateException failure =
        assertThrows(
            IllegalStateException.class, () -> Endings.inTurn(ends.toArray(Runnable[]::new)));
    assertSame(one, failure);
    assertSame(two, failure.getSuppressed()[0]);
    assertTrue(third.getAndSet(false));
    failure = assertThrows(IllegalStateException.class, () -> Endings.together(ends));
    assertSame(one, failure.getCause());
    assertSame(two, failure.getSuppressed()[0].getCause());
    assertTrue(third.get());
  }

  private static void fail(RuntimeException failure) {
    throw failure;
  }
}
