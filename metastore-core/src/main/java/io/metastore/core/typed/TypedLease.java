package io.metastore.core.typed;

import io.metastore.api.ErrorCode;
import io.metastore.api.Lease;
import io.metastore.api.MetastoreException;
import io.metastore.core.message.LeaseKeepAliveRequest;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lease that is renewed three times in its TTL. It is over when the store says so, or when its
 * TTL has passed since the last renewal that was answered was <em>sent</em>: from then on somebody
 * else may have what it held.
 */
final class TypedLease implements Lease {
  private static final Logger LOG = LoggerFactory.getLogger(TypedLease.class);

  private static final int RENEWALS_PER_TTL = 3;
  private static final Duration RETRY = Duration.ofMillis(250);

  private final TypedMetastore store;
  private final StoreCalls calls;
  private final long id;
  private final Duration ttl;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicBoolean closed = new AtomicBoolean();
  // Of System.nanoTime; written by the thread that renews alone.
  private volatile long deadline;

  /**
   * A lease that was granted.
   *
   * @param asked when it was asked for, by {@link System#nanoTime()}
   */
  TypedLease(TypedMetastore store, StoreCalls calls, long id, Duration ttl, long asked) {
    this.store = store;
    this.calls = calls;
    this.id = id;
    this.ttl = ttl;
    this.deadline = asked + ttl.toNanos();
  }

  /** Renews until it is over, or this thread is interrupted. */
  void renew() throws InterruptedException {
    Duration interval = ttl.dividedBy(RENEWALS_PER_TTL);
    Duration wait = interval;
    while (!ended.await(Math.min(wait.toNanos(), left()), TimeUnit.NANOSECONDS)) {
      if (left() <= 0) {
        LOG.atWarn()
            .addKeyValue("id", hex())
            .addKeyValue("because", "no renewal was answered in " + ttl)
            .log("lease lost");
        ended.countDown();
        return;
      }
      wait = renewOnce() ? interval : RETRY;
    }
  }

  private boolean renewOnce() throws InterruptedException {
    long sent = System.nanoTime();
    Duration timeout = Duration.ofNanos(Math.max(1, Math.min(left(), ttl.toNanos() / 2)));
    try {
      long seconds =
          Answers.ofRead(
                  calls.leaseKeepAlive(
                      LeaseKeepAliveRequest.newBuilder().setID(id).build(), timeout),
                  timeout)
              .getTTL();
      if (seconds <= 0) {
        ended.countDown();
      } else {
        deadline = sent + TimeUnit.SECONDS.toNanos(seconds);
      }
      return true;
    } catch (RuntimeException e) {
      // Of any kind: one that left this thread would end every lease of the store.
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      LOG.atDebug()
          .addKeyValue("id", hex())
          .addKeyValue("because", e.getMessage())
          .log("lease not renewed");
      return false;
    }
  }

  private long left() {
    return deadline - System.nanoTime();
  }

  private String hex() {
    return Long.toString(id, 16);
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public Duration ttl() {
    return ttl;
  }

  @Override
  public boolean isAlive() {
    return ended.getCount() > 0 && left() > 0;
  }

  @Override
  public void awaitEnd() throws InterruptedException {
    ended.await();
  }

  /** Nobody renews it any more. */
  void abandon() {
    ended.countDown();
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    ended.countDown();
    try {
      store.revokeLease(id);
    } catch (MetastoreException e) {
      if (e.code() != ErrorCode.STOPPED) {
        LOG.atInfo()
            .addKeyValue("id", hex())
            .addKeyValue("because", "revoke failed: " + e.getMessage())
            .log("lease ends by its TTL");
      }
    }
  }
}
