package io.metastore.core.task;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Owns threads that belong together. The first task that fails cancels its siblings and its failure
 * reaches the owner, once; no thread outlives {@link #close()}.
 *
 * <p>The owner learns of the first failure in two ways: the listener given to {@link #open(String,
 * Consumer)} is called with it, on the failing thread, and {@link #join()} throws it. A task that
 * ends by {@link InterruptedException} after the scope was cancelled has not failed.
 *
 * <p>Thread-safe. A task may fork siblings, and may close its own scope: it then waits for all
 * others but not for itself, nor for others that do the same.
 */
public final class TaskScope implements AutoCloseable {
  /** The body of a task. */
  @FunctionalInterface
  public interface Task {
    /** Runs until done, cancelled by interruption, or failed. */
    void run() throws Exception;
  }

  private final String name;
  private final Optional<Consumer<Throwable>> failureListener;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition threadEnded = lock.newCondition();
  // Guarded by lock, as are all fields below.
  private final Set<Thread> threads = new HashSet<>();
  // Those of the tasks that wait for the others in join() or close().
  private final Set<Thread> waiting = new HashSet<>();
  private Optional<Throwable> failure = Optional.empty();
  private boolean cancelled;
  // The failure came by itself, and there is no listener that was told.
  private boolean unheard;

  private TaskScope(String name, Optional<Consumer<Throwable>> failureListener) {
    this.name = name;
    this.failureListener = failureListener;
  }

  /**
   * Opens a scope whose owner learns of a failure by {@link #join()} or {@link #failure()}, or else
   * by {@link #close()}.
   */
  public static TaskScope open(String name) {
    return new TaskScope(name, Optional.empty());
  }

  /**
   * Opens a scope.
   *
   * @param name begins the names of its threads
   * @param failureListener called at most once, with the first failure, on the thread that failed
   *     and after the siblings were told to end; it must not throw
   */
  public static TaskScope open(String name, Consumer<Throwable> failureListener) {
    return new TaskScope(name, Optional.of(failureListener));
  }

  /**
   * Starts a task on a virtual thread.
   *
   * @throws IllegalStateException when the scope is cancelled or closed
   */
  public void fork(String task, Task body) {
    start(Thread.ofVirtual().name(name + "/" + task), body);
  }

  /**
   * Starts a task on a platform thread: for tasks whose long native calls would pin a virtual
   * thread's carrier.
   *
   * @throws IllegalStateException when the scope is cancelled or closed
   */
  public void forkPlatform(String task, Task body) {
    start(Thread.ofPlatform().daemon().name(name + "/" + task), body);
  }

  private void start(Thread.Builder builder, Task body) {
    Thread thread = builder.unstarted(() -> run(body));
    lock.lock();
    try {
      if (cancelled) {
        throw new IllegalStateException("scope " + name + " takes no more tasks");
      }
      // Not on the list before it runs: a thread that cannot be started would never leave it.
      thread.start();
      threads.add(thread);
    } finally {
      lock.unlock();
    }
  }

  private void run(Task body) {
    Optional<Throwable> first = Optional.empty();
    try {
      body.run();
    } catch (Throwable t) {
      first = failed(t);
    }
    try {
      first.ifPresent(failed -> failureListener.ifPresent(listener -> listener.accept(failed)));
    } finally {
      lock.lock();
      try {
        threads.remove(Thread.currentThread());
        threadEnded.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Records a failure; returns it when it is the first. */
  private Optional<Throwable> failed(Throwable t) {
    lock.lock();
    try {
      if (cancelled && t instanceof InterruptedException) {
        return Optional.empty();
      }
      if (failure.isPresent()) {
        if (!failure.get().equals(t)) {
          failure.get().addSuppressed(t);
        }
        return Optional.empty();
      }
      failure = Optional.of(t);
      unheard = failureListener.isEmpty() && !cancelled;
    } finally {
      lock.unlock();
    }
    cancel();
    return Optional.of(t);
  }

  /** Interrupts every task and takes no more; returns at once. Calling it again is harmless. */
  public void cancel() {
    lock.lock();
    try {
      cancelled = true;
      List<Thread> others = new ArrayList<>(threads);
      others.remove(Thread.currentThread());
      others.forEach(Thread::interrupt);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until every task has ended; the calling task, if it is one, and others that wait in the
   * same way excepted.
   *
   * @throws ExecutionException when a task failed, with the first failure as its cause
   */
  public void join() throws InterruptedException, ExecutionException {
    lock.lockInterruptibly();
    try {
      boolean task = enterWait();
      try {
        while (othersRun(task)) {
          threadEnded.await();
        }
      } finally {
        waiting.remove(Thread.currentThread());
      }
      unheard = false;
      if (failure.isPresent()) {
        throw new ExecutionException("a task of " + name + " failed", failure.get());
      }
    } finally {
      lock.unlock();
    }
  }

  /** The first failure, when there was one. */
  public Optional<Throwable> failure() {
    lock.lock();
    try {
      unheard = false;
      return failure;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Cancels what still runs and waits for it. Does not throw what tasks failed with when there is a
   * listener, which was told. Closing again is harmless; an interrupt is kept for the caller and
   * does not cut the wait short.
   *
   * @throws IllegalStateException when a task had failed by itself, there is no listener, and
   *     nobody has asked by {@link #join()} or {@link #failure()}: no failure is lost
   */
  @Override
  public void close() {
    cancel();
    lock.lock();
    try {
      boolean task = enterWait();
      while (othersRun(task)) {
        threadEnded.awaitUninterruptibly();
      }
      waiting.remove(Thread.currentThread());
      if (unheard) {
        unheard = false;
        throw new IllegalStateException(
            "a task of " + name + " failed, and nobody had asked", failure.orElseThrow());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Notes that the caller waits; true when it is a task itself. */
  private boolean enterWait() {
    if (!threads.contains(Thread.currentThread())) {
      return false;
    }
    waiting.add(Thread.currentThread());
    threadEnded.signalAll();
    return true;
  }

  /** Whether anything is left to wait for: tasks that wait themselves would wait for ever. */
  private boolean othersRun(boolean task) {
    return threads.size() > (task ? waiting.size() : 0);
  }
}
