package io.metastore.raft;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * A bounded queue from many threads to one reader that ends: once closed it takes nothing more,
 * hands out what is left, and then the reader's loop ends by itself.
 *
 * <p>Thread-safe. Closing twice is harmless.
 */
final class HandoverQueue<T> {
  /** What became of an element that was offered without waiting. */
  enum Offer {
    /** It is in the queue. */
    ACCEPTED,
    /** There was no room. */
    FULL,
    /** The queue takes nothing more. */
    CLOSED
  }

  private final int capacity;
  private final ToLongFunction<T> weight;
  private final long weightMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notEmpty = lock.newCondition();
  private final Condition notFull = lock.newCondition();
  // Guarded by lock, as is closed.
  private final Deque<T> elements = new ArrayDeque<>();
  private long waitingWeight;
  private boolean closed;

  /** Creates a queue for so many elements, whatever they weigh. */
  HandoverQueue(int capacity) {
    this(capacity, element -> 0, Long.MAX_VALUE);
  }

  /**
   * Creates a queue for so many elements that weigh no more than so much together; one alone may
   * weigh more.
   *
   * @param weight always the same for an element, and not negative
   */
  HandoverQueue(int capacity, ToLongFunction<T> weight, long weightMax) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be at least 1: " + capacity);
    }
    this.capacity = capacity;
    this.weight = weight;
    this.weightMax = weightMax;
  }

  /** Adds an element if there is room, without waiting. */
  Offer offer(T element) {
    lock.lock();
    try {
      if (closed) {
        return Offer.CLOSED;
      }
      if (!hasRoom(element)) {
        return Offer.FULL;
      }
      add(element);
      return Offer.ACCEPTED;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds an element, waiting for room.
   *
   * @return false when the queue takes nothing more
   */
  boolean put(T element) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed && !hasRoom(element)) {
        notFull.await();
      }
      if (closed) {
        return false;
      }
      add(element);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean hasRoom(T element) {
    return elements.isEmpty()
        || (elements.size() < capacity && waitingWeight + weight.applyAsLong(element) <= weightMax);
  }

  private void add(T element) {
    elements.addLast(element);
    waitingWeight += weight.applyAsLong(element);
    // One reader: it waits only when the queue was empty.
    if (elements.size() == 1) {
      notEmpty.signal();
    }
  }

  /**
   * Takes the oldest elements, waiting for one.
   *
   * @param countMax how many to take at most
   * @param takenWeightMax stops before the element that would bring the weight over this; the first
   *     element is taken whatever it weighs
   * @return empty when the queue is closed and nothing is left
   */
  List<T> take(int countMax, long takenWeightMax) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (elements.isEmpty()) {
        if (closed) {
          return List.of();
        }
        notEmpty.await();
      }
      List<T> taken = new ArrayList<>(Math.min(countMax, elements.size()));
      long takenWeight = 0;
      while (!elements.isEmpty() && taken.size() < countMax) {
        long next = weight.applyAsLong(elements.getFirst());
        if (takenWeight + next > takenWeightMax && !taken.isEmpty()) {
          break;
        }
        takenWeight += next;
        taken.add(elements.removeFirst());
      }
      waitingWeight -= takenWeight;
      notFull.signalAll();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Closes the queue and takes all that is left: after it nothing comes in or out. What the caller
   * does with the elements happens outside the queue's lock.
   */
  List<T> end() {
    lock.lock();
    try {
      close();
      List<T> left = List.copyOf(elements);
      elements.clear();
      waitingWeight = 0;
      return left;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Visits what is waiting, oldest first. The visitor must be quick: the queue is locked meanwhile.
   */
  void forEach(Consumer<T> visitor) {
    lock.lock();
    try {
      elements.forEach(visitor);
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return elements.size();
    } finally {
      lock.unlock();
    }
  }

  /** Takes nothing more; what is in the queue can still be taken. */
  void close() {
    lock.lock();
    try {
      closed = true;
      notEmpty.signalAll();
      notFull.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
