package io.metastore.core.auth;

/** What a command means for tokens. */
public sealed interface AuthChange {
  /** Every member is to know a token from now on. */
  record Issued(String token, String user) implements AuthChange {}

  /** A user is gone or has another password: its tokens count no more. */
  record Dropped(String user) implements AuthChange {}

  /** No token counts any more. */
  record AllDropped() implements AuthChange {}
}
