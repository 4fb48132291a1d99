package io.metastore.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageOptions;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import io.metastore.core.message.PeerRequest;
import io.metastore.core.message.PeerResponse;
import io.metastore.core.task.TaskScope;
import io.metastore.testkit.storage.Together;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.ratis.protocol.RaftPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An image on its way from one member's store to another's, without members. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ImageTransferTest {
  private static final RaftPeer LEADER = RatisIds.reachable(7, "127.0.0.1:1", false);
  private static final byte[] KEY = {1};
  private static final int VALUE_BYTES = 3 * StoreImages.PIECE_BYTES_MAX / 2;

  @TempDir private Path temp;
  private StorageEngine source;
  private StoreImages images;
  private StoreFolders folders;
  private final TaskScope scope = TaskScope.open("test");
  private final Figures figures = new Figures();
  private final Semaphore restores = new Semaphore(0);
  private final AtomicBoolean restoreFails = new AtomicBoolean();
  // What comes over the wire; a test may change it, or fail.
  private volatile UnaryOperator<PeerResponse> wire = UnaryOperator.identity();

  @BeforeEach
  void open() throws IOException {
    source = memory("source");
    WriteBatch batch = new WriteBatch();
    batch.put(Keyspace.META, KEY, new byte[VALUE_BYTES]);
    source.commit(batch);
    images = new StoreImages(source, temp.resolve("images"), StoreImages.IDLE_MAX);
    folders = new StoreFolders(Files.createDirectories(temp.resolve("member")));
    Path unused = folders.current();
  }

  @AfterEach
  void close() {
    scope.close();
    images.close();
    source.close();
  }

  private StorageEngine memory(String folder) throws IOException {
    Path directory = Files.createDirectories(temp.resolve(folder));
    return Nodes.provider("memory").open(StorageOptions.of(directory));
  }

  private ImageInstaller installer() {
    return new ImageInstaller(
        (peer, question, timeout) ->
            answer(question).thenApply(PeerResponse.Builder::build).thenApply(a -> wire.apply(a)),
        folders,
        HookedProvider.restoring(
            "memory",
            () -> {
              restores.release();
              if (restoreFails.get()) {
                throw new StorageException("of this test");
              }
            }),
        Map.of(),
        figures);
  }

  private CompletableFuture<PeerResponse.Builder> answer(PeerRequest.Builder question) {
    return switch (question.getCallCase()) {
      case IMAGE_BEGIN -> images.begin();
      case IMAGE_PIECE -> images.piece(question.getImagePiece());
      case IMAGE_END -> images.end(question.getImageEnd());
      default -> throw new IllegalStateException(question.toString());
    };
  }

  private static boolean isPiece(PeerResponse answer) {
    return answer.getPiece().size() > 0;
  }

  private static long entries(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return 0;
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.count();
    }
  }

  private boolean leaderHasNone() {
    try {
      return entries(temp.resolve("images")) == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void assertNothingCounts() throws IOException {
    assertEquals(temp.resolve("member").resolve("store"), folders.current());
    assertEquals(1, entries(temp.resolve("member")), "something was left behind");
  }

  @Test
  void whatWasSentIsInTheStore() throws Exception {
    ImageInstaller installer = installer();
    ImageInstaller.Installed image = installer.fetch(LEADER);
    try (StorageView view = image.engine().view()) {
      assertEquals(VALUE_BYTES, view.get(Keyspace.META, KEY).orElseThrow().length);
    }
    assertEquals(temp.resolve("member").resolve("store-2"), image.directory());
    assertEquals(temp.resolve("member").resolve("store"), folders.current(), "counts too early");
    assertEquals(List.of(true, false), figures.images());
    Together.await("the leader's image is gone", this::leaderHasNone);
    installer.discard();
  }

  @Test
  void aPieceThatIsNotAsItWasSentIsRefused() throws Exception {
    wire =
        answer ->
            isPiece(answer)
                ? answer.toBuilder().setPieceCrc(answer.getPieceCrc() + 1).build()
                : answer;
    IOException refused = assertThrows(IOException.class, () -> installer().fetch(LEADER));
    assertTrue(refused.toString().contains("did not come as it was sent"), refused::toString);
    assertEquals(0, restores.availablePermits());
    assertEquals(List.of(true, false), figures.images());
    Together.await("the leader's image is gone", this::leaderHasNone);
    assertNothingCounts();
  }

  @Test
  void whatIsHalfReceivedWhenTheLeaderIsLostIsDiscarded() throws Exception {
    Semaphore pieces = new Semaphore(1);
    wire =
        answer -> {
          if (isPiece(answer) && !pieces.tryAcquire()) {
            throw MetastoreException.of(ErrorCode.LEADER_CHANGED);
          }
          return answer;
        };
    ImageInstaller installer = installer();
    IOException lost = assertThrows(IOException.class, () -> installer.fetch(LEADER));
    assertTrue(lost.toString().contains("does not give its image"), lost::toString);
    assertEquals(0, restores.availablePermits());
    // The next attempt begins anew.
    wire = UnaryOperator.identity();
    ImageInstaller.Installed image = installer.fetch(LEADER);
    installer.discard(image);
    assertNothingCounts();
  }

  @Test
  void aRestoreThatFailsLeavesNothingAndNobodyWaiting() throws Exception {
    restoreFails.set(true);
    ImageFetches fetches = new ImageFetches(scope);
    CompletableFuture<?> fetched = fetches.start(installer(), LEADER);
    Together.await("it has failed", fetched::isCompletedExceptionally);
    assertTrue(scope.failure().isEmpty(), "the leader asks again");
    assertFalse(Files.exists(temp.resolve("member").resolve("store-2")));
    assertNothingCounts();
  }

  @Test
  void anImageThatIsDroppedIsClosedBeforeAndAfterItHasCome() throws Exception {
    ImageFetches fetches = new ImageFetches(scope);
    ImageInstaller installer = installer();
    CompletableFuture<?> late = fetches.start(installer, LEADER);
    Together.await("it has come", late::isDone);
    fetches.drop(installer);
    Path store = temp.resolve("member").resolve("store-2");
    Together.await("it is gone", () -> !Files.exists(store));
    Semaphore asked = new Semaphore(0);
    CompletableFuture<PeerResponse> never = new CompletableFuture<>();
    ImageInstaller waiting =
        new ImageInstaller(
            (peer, question, timeout) -> {
              asked.release();
              return never;
            },
            folders,
            Nodes.provider("memory"),
            Map.of(),
            figures);
    CompletableFuture<?> early = fetches.start(waiting, LEADER);
    asked.acquire();
    fetches.drop(waiting);
    assertTrue(early.isCompletedExceptionally());
    // It holds the next one up no longer.
    CompletableFuture<?> next = fetches.start(installer, LEADER);
    Together.await("the next one has come", next::isDone);
    assertFalse(next.isCompletedExceptionally());
    installer.discard();
    assertNothingCounts();
  }

  @Test
  void anImageThatNobodyAsksForAnyMoreIsRemoved() throws Exception {
    try (StoreImages idle = new StoreImages(source, temp.resolve("idle"), Duration.ofMillis(50))) {
      PeerResponse begun = idle.begin().get().build();
      assertTrue(begun.getFilesCount() > 0);
      scope.fork("idle-images", idle::removeIdleLoop);
      Together.await(
          "it is removed",
          () -> !Files.exists(temp.resolve("idle").resolve("" + begun.getNumber())));
    }
  }

  @Test
  void anEngineThatWasExchangedIsClosedWithTheLastOne() throws Exception {
    StorageEngine first = memory("a");
    ReplaceableEngine engine = new ReplaceableEngine(first);
    StorageView open = engine.view();
    ReplaceableEngine.Retired before = engine.replace(memory("b"));
    scope.fork("retired", before::close);
    scope.close(); // Interrupts it: the view is still open.
    open.close();
    first.view().close();
    engine.close();
    assertThrows(IllegalStateException.class, first::view);
  }
}
