package io.metastore.app.bench;

import com.google.protobuf.UnsafeByteOperations;
import io.metastore.core.message.PutRequest;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Puts of each key's own value ({@link Values}). */
final class PutWorkload implements Workload {
  private final Keys keys;
  private final int valueSize;
  private final AckLog acked;
  private final AtomicLong next = new AtomicLong();

  PutWorkload(Keys keys, int valueSize, AckLog acked) {
    this.keys = keys;
    this.valueSize = valueSize;
    this.acked = acked;
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
    byte[] key = keys.forRequest(number);
    // Wrapped, not copied: nobody changes the arrays between here and the encoding.
    return PutRequest.newBuilder()
        .setKey(UnsafeByteOperations.unsafeWrap(key))
        .setValue(UnsafeByteOperations.unsafeWrap(Values.of(key, valueSize)))
        .build()
        .toByteArray();
  }

  @Override
  public Optional<String> answered(long number, byte[] response) {
    return acked.add(keys.forRequest(number));
  }
}
