package io.metastore.app.bench;

/** What a command found out, for people and for programs. */
interface Result {
  /** Several lines, the last one ended. */
  String text();

  /** One JSON object and a line end. */
  String json();

  /** True when the server did all that was asked of it, and did it right. */
  boolean isClean();
}
