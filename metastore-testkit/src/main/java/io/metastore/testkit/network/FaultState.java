package io.metastore.testkit.network;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The fault that a link has now, and waiting for a better one. Thread-safe. */
final class FaultState {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Written under the lock.
  private volatile Fault fault = new Fault.None();

  void set(Fault change) {
    lock.lock();
    try {
      fault = change;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isCut() {
    return fault instanceof Fault.Cut;
  }

  /** Waits until bytes that came at a time may go on. */
  void awaitPassage(long arrivedNanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        switch (fault) {
          case Fault.None none -> {
            return;
          }
          case Fault.Delay delay -> {
            long left = arrivedNanos + delay.by().toNanos() - System.nanoTime();
            if (left <= 0) {
              return;
            }
            long unused = changed.awaitNanos(left);
          }
          case Fault.Silence silence -> changed.await();
          // The connection is being reset, which interrupts.
          case Fault.Cut cut -> {
            boolean unused = changed.await(1, TimeUnit.SECONDS);
          }
        }
      }
    } finally {
      lock.unlock();
    }
  }
}
