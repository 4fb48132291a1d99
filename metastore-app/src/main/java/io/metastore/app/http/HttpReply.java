package io.metastore.app.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * An answer.
 *
 * @param status HTTP status
 * @param contentType of the body
 * @param body owned by the reply once it is made
 * @param headers further headers
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; wrapped once, on its way to the socket
public record HttpReply(int status, String contentType, byte[] body, Map<String, String> headers) {
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json";

  public HttpReply {
    headers = Map.copyOf(headers);
  }

  /** Text; a line end is added. */
  static HttpReply text(int status, String text) {
    return of(status, TEXT, text + "\n");
  }

  /** JSON. */
  static HttpReply json(int status, String json) {
    return of(status, JSON, json);
  }

  static HttpReply of(int status, String contentType, String body) {
    return new HttpReply(status, contentType, body.getBytes(StandardCharsets.UTF_8), Map.of());
  }

  /** 405, with the method that is allowed. */
  static HttpReply methodNotAllowed(String allowed) {
    byte[] body = "Method Not Allowed\n".getBytes(StandardCharsets.UTF_8);
    return new HttpReply(405, TEXT, body, Map.of("allow", allowed));
  }
}
