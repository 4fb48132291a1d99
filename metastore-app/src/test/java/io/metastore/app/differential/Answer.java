package io.metastore.app.differential;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.grpc.Status;
import io.metastore.core.message.Event;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.message.WatchResponse;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** What a server made of a request. */
sealed interface Answer {
  /** The response. */
  record Response(Message message) implements Answer {
    @Override
    public String toString() {
      return print(message);
    }
  }

  /** A refusal: clients match on both the code and the text. */
  record Refusal(String code, String text) implements Answer {
    /** What a client was told by a failure. */
    static Refusal of(Throwable failure) {
      Status status = Status.fromThrowable(failure);
      return new Refusal(
          status.getCode().name(), Objects.requireNonNullElse(status.getDescription(), ""));
    }

    @Override
    public String toString() {
      return code + ": " + text;
    }
  }

  /**
   * What a watch told.
   *
   * @param events from the first that differs
   * @param count of all of its events
   * @param cancel how it was cancelled, if it was
   */
  record Watched(List<Event> events, int count, WatchResponse cancel) implements Answer {
    private static final int SHOWN_MAX = 4;

    public Watched {
      events = List.copyOf(events);
    }

    @Override
    public String toString() {
      return events.stream()
          .limit(SHOWN_MAX)
          .map(Answer::print)
          .collect(
              Collectors.joining(
                  "\n  ", count + " events, these differ\n  ", "\n  " + print(cancel)));
    }
  }

  /** The revision of the store that a response tells; 0 for other answers. */
  default long revision() {
    if (this instanceof Response(Message message)) {
      FieldDescriptor header = message.getDescriptorForType().findFieldByName("header");
      return ((ResponseHeader) message.getField(header)).getRevision();
    }
    return 0;
  }

  /** A message on one line, long values cut. */
  static String print(Message message) {
    String text = TextFormat.printer().emittingSingleLine(true).printToString(message);
    StringBuilder shown = new StringBuilder(message.getDescriptorForType().getName()).append(" { ");
    int quote = -1;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' && text.charAt(i - 1) != '\\') {
        quote = quote < 0 ? i : -1;
      }
      if (quote < 0 || i - quote < SHOWN_MAX) {
        shown.append(c);
      } else if (i - quote == SHOWN_MAX) {
        shown.append("...");
      }
    }
    return shown.append(" }").toString();
  }

  /** Characters of a value that are shown. */
  int SHOWN_MAX = 40;
}
