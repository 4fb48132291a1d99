package io.metastore.app.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Linearizable gets of listed keys, each compared with the value that belongs to the key. */
final class VerifyWorkload implements Workload {
  static final String MISSING = "acknowledged put is missing";
  static final String WRONG = "acknowledged put has another value";

  /** Keys named one by one; more of them tell no more. */
  private static final int NAMED_MAX = 10;

  private final List<byte[]> keys;
  private final int valueSize;
  private final PrintWriter out;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger named = new AtomicInteger();

  VerifyWorkload(List<byte[]> keys, int valueSize, PrintWriter out) {
    this.keys = keys;
    this.valueSize = valueSize;
    this.out = out;
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
        .setKey(UnsafeByteOperations.unsafeWrap(keys.get((int) number)))
        .build()
        .toByteArray();
  }

  @Override
  public Optional<String> answered(long number, byte[] response) {
    byte[] key = keys.get((int) number);
    try {
      RangeResponse range = RangeResponse.parseFrom(response);
      if (range.getKvsCount() == 0) {
        return wrong(key, MISSING);
      }
      ByteString expected = UnsafeByteOperations.unsafeWrap(Values.of(key, valueSize));
      return range.getKvs(0).getValue().equals(expected) ? Optional.empty() : wrong(key, WRONG);
    } catch (InvalidProtocolBufferException e) {
      return wrong(key, "malformed answer");
    }
  }

  private Optional<String> wrong(byte[] key, String text) {
    if (named.incrementAndGet() <= NAMED_MAX) {
      out.println(text + ": " + new String(key, StandardCharsets.UTF_8));
    }
    return Optional.of(text);
  }
}
