package io.metastore.core.auth;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The tokens that this member knows, each for as long as it was used within its time to live.
 *
 * <p>Thread-safe. It is told of tokens on the apply thread, before what the commands did is
 * published; it is no part of the replicated state: members forget a token at different times, and
 * at a restart.
 */
public final class TokenTable {
  /** As in etcd. */
  public static final Duration TTL_DEFAULT = Duration.ofMinutes(5);

  private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final LongSupplier nanoTime;
  private final Map<String, Token> tokens = new ConcurrentHashMap<>();
  private final AtomicLong nextSweep;
  private volatile long ttlNanos = TTL_DEFAULT.toNanos();

  private record Token(String user, AtomicLong usedAt) {}

  /** An empty table, with a monotonic clock. */
  public TokenTable(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    nextSweep = new AtomicLong(nanoTime.getAsLong() + SWEEP_NANOS);
  }

  /** How long a token counts after it was used last. */
  public void ttl(Duration ttl) {
    ttlNanos = ttl.toNanos();
  }

  /** Takes over what commands did. */
  public void applied(List<AuthChange> changes) {
    for (AuthChange change : changes) {
      switch (change) {
        case AuthChange.Issued issued -> issue(issued);
        case AuthChange.Dropped dropped ->
            tokens.values().removeIf(token -> token.user().equals(dropped.user()));
        case AuthChange.AllDropped() -> tokens.clear();
      }
    }
  }

  private void issue(AuthChange.Issued issued) {
    long now = nanoTime.getAsLong();
    long due = nextSweep.get();
    if (now - due >= 0 && nextSweep.compareAndSet(due, now + SWEEP_NANOS)) {
      tokens.values().removeIf(token -> isOver(token, now));
    }
    tokens.put(issued.token(), new Token(issued.user(), new AtomicLong(now)));
  }

  /** The user of a token, whose time begins anew. */
  public Optional<String> use(String token) {
    Token known = tokens.get(token);
    if (known == null) {
      return Optional.empty();
    }
    long now = nanoTime.getAsLong();
    if (isOver(known, now)) {
      tokens.remove(token, known);
      return Optional.empty();
    }
    known.usedAt().set(now);
    return Optional.of(known.user());
  }

  private boolean isOver(Token token, long now) {
    return now - token.usedAt().get() > ttlNanos;
  }

  /** How many are kept. */
  public int size() {
    return tokens.size();
  }
}
