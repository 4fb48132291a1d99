package io.metastore.app.bench;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Gets of single keys. An answer without the key counts as an error. */
final class RangeWorkload implements Workload {
  static final String NOT_FOUND = "key not found (fill the key space with --prefill)";

  private final Keys keys;
  private final boolean serializable;
  private final AtomicLong next = new AtomicLong();

  RangeWorkload(Keys keys, boolean serializable) {
    this.keys = keys;
    this.serializable = serializable;
  }

  @Override
  public EtcdMethod method() {
    return EtcdMethod.RANGE;
  }

  @Override
  public long next() {
    return next.getAndIncrement();
  }

  @Override
  public byte[] request(long number) {
    return RangeRequest.newBuilder()
        .setKey(UnsafeByteOperations.unsafeWrap(keys.forRequest(number)))
        .setSerializable(serializable)
        .build()
        .toByteArray();
  }

  @Override
  public Optional<String> answered(long number, byte[] response) {
    return holdsKey(response) ? Optional.empty() : Optional.of(NOT_FOUND);
  }

  /** Looks no further than the first key: decoding each value would be paid by the server's CPU. */
  private static boolean holdsKey(byte[] response) {
    CodedInputStream in = CodedInputStream.newInstance(response);
    try {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (WireFormat.getTagFieldNumber(tag) == RangeResponse.KVS_FIELD_NUMBER) {
          return true;
        }
        in.skipField(tag);
      }
      return false;
    } catch (IOException malformed) {
      return false;
    }
  }
}
