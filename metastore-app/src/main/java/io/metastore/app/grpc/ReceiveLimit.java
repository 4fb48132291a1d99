package io.metastore.app.grpc;

import io.grpc.Status;

/**
 * The longest message that is taken, as grpc-go has it: a longer one is refused with its text,
 * which is what etcd's clients get to see. The port's own limit is higher by {@link #ROOM_BYTES}:
 * what is above that, grpc-java refuses before it is read, in its own words.
 *
 * @param bytesMax of a message
 */
record ReceiveLimit(int bytesMax) {
  /** Takes no more memory than the window that a client may fill before anybody looks. */
  static final int ROOM_BYTES = 4 << 20;

  /** As in etcd, so much more than a request may have. */
  private static final int OVERHEAD_BYTES = 512 * 1024;

  static ReceiveLimit of(int requestBytesMax) {
    return new ReceiveLimit(requestBytesMax + OVERHEAD_BYTES);
  }

  boolean admits(int messageBytes) {
    return messageBytes <= bytesMax;
  }

  /** What a message is refused with that is too long. */
  Status refusal(int messageBytes) {
    return Status.RESOURCE_EXHAUSTED.withDescription(
        "grpc: received message larger than max (" + messageBytes + " vs. " + bytesMax + ")");
  }
}
