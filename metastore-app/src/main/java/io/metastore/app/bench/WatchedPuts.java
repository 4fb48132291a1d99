package io.metastore.app.bench;

import com.google.protobuf.UnsafeByteOperations;
import io.metastore.core.message.PutRequest;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** Puts of watched keys in turns, whose values begin with the time at which they were sent. */
final class WatchedPuts implements Workload {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final WatchPlan plan;
  private final Keys keys;
  private final byte[] filling;
  private final AtomicLong next = new AtomicLong();
  private final AtomicLongArray acknowledged;

  /** Puts with values of this size, which has room for a time. */
  WatchedPuts(WatchPlan plan, int valueSize) {
    this.plan = plan;
    this.keys = plan.keys();
    this.filling = Values.of(new byte[1], valueSize);
    this.acknowledged = new AtomicLongArray(plan.blocks());
  }

  @Override
  public EtcdMethod method() {
    return EtcdMethod.PUT;
  }

  @Override
  public long next() {
    return next.getAndIncrement();
  }

  @Override
  public byte[] request(long number) {
    byte[] value = filling.clone();
    LONGS.set(value, 0, System.nanoTime());
    return PutRequest.newBuilder()
        .setKey(UnsafeByteOperations.unsafeWrap(keys.forRequest(number)))
        .setValue(UnsafeByteOperations.unsafeWrap(value))
        .build()
        .toByteArray();
  }

  @Override
  public Optional<String> answered(long number, byte[] response) {
    acknowledged.incrementAndGet(plan.blockOfPut(number));
    return Optional.empty();
  }

  /** The time at which the put was sent whose value stands there, on {@link System#nanoTime}. */
  static long sentNanos(byte[] buffer, int offset) {
    return (long) LONGS.get(buffer, offset);
  }

  /** Acknowledged puts of a block's keys. */
  long acknowledged(int block) {
    return acknowledged.get(block);
  }

  /** Events that the acknowledged puts are to all watchers together. */
  long events() {
    long events = 0;
    for (int block = 0; block < plan.blocks(); block++) {
      events += acknowledged.get(block) * plan.watchersOf(block);
    }
    return events;
  }
}
