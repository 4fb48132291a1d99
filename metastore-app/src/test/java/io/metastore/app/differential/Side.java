package io.metastore.app.differential;

import com.google.protobuf.Message;
import io.metastore.core.message.Event;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One of the two servers, as one program meets it: with a watch stream of the program's own, and
 * with its names for leases. Used by the thread that runs the program.
 */
final class Side implements AutoCloseable {
  private final Duel.Server server;
  private final WatchStream watch;
  private final LeaseNames leases = new LeaseNames();

  Side(Duel.Server server) {
    this.server = server;
    this.watch = server.watch();
  }

  /** Sends a request; its answer is to be read with {@link #told}. */
  CompletableFuture<Answer> call(Message request) {
    return server.call(leases.sent(request));
  }

  /** An answer in the program's names. */
  Answer told(Message request, Answer answer) {
    return switch (answer) {
      case Answer.Response(Message response) -> new Answer.Response(leases.told(request, response));
      case Answer.Refusal refusal ->
          new Answer.Refusal(refusal.code(), leases.told(request, refusal.text()));
      case Answer.Watched watched -> watched;
    };
  }

  /** The program's watch stream. */
  WatchStream watch() {
    return watch;
  }

  /** Events in the program's names. */
  List<Event> named(List<Event> events) {
    return events.stream().map(leases::named).toList();
  }

  @Override
  public void close() {
    watch.close();
  }
}
