package io.metastore.app.http;

import java.util.concurrent.CompletionException;

/** What a failed future says. */
final class Failures {
  private Failures() {}

  /** The message of the cause, never empty. */
  static String text(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    String message = cause.getMessage();
    return message == null || message.isEmpty() ? cause.toString() : message;
  }
}
