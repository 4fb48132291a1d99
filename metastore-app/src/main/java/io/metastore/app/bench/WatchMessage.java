package io.metastore.app.bench;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.metastore.core.message.Event;
import io.metastore.core.message.KeyValue;
import io.metastore.core.message.WatchResponse;
import java.io.IOException;
import java.util.Arrays;

/**
 * What a watcher here looks at in a {@link WatchResponse}: decoded into the same object again and
 * again, because events come a million a second and each would leave a dozen objects behind.
 *
 * <p>Used by one thread.
 */
final class WatchMessage {
  private long watchId;
  private boolean created;
  private boolean canceled;
  private String reason = "";
  private int events;
  private long[] revisions = new long[16];
  private long[] sent = new long[16];

  /**
   * Reads a message.
   *
   * @throws IOException when it is none, or has an event that no put of {@link WatchedPuts} is
   */
  void read(byte[] buffer, int offset, int length) throws IOException {
    watchId = 0;
    created = false;
    canceled = false;
    reason = "";
    events = 0;
    CodedInputStream in = CodedInputStream.newInstance(buffer, offset, length);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case WatchResponse.WATCH_ID_FIELD_NUMBER -> watchId = in.readInt64();
        case WatchResponse.CREATED_FIELD_NUMBER -> created = in.readBool();
        case WatchResponse.CANCELED_FIELD_NUMBER -> canceled = in.readBool();
        case WatchResponse.CANCEL_REASON_FIELD_NUMBER -> reason = in.readString();
        case WatchResponse.EVENTS_FIELD_NUMBER -> event(in, buffer, offset);
        default -> in.skipField(tag);
      }
    }
  }

  private void event(CodedInputStream in, byte[] buffer, int offset) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == Event.KV_FIELD_NUMBER) {
        keyValue(in, buffer, offset);
      } else {
        in.skipField(tag);
      }
    }
    in.popLimit(outer);
  }

  private void keyValue(CodedInputStream in, byte[] buffer, int offset) throws IOException {
    if (events == revisions.length) {
      revisions = Arrays.copyOf(revisions, 2 * events);
      sent = Arrays.copyOf(sent, 2 * events);
    }
    int outer = in.pushLimit(in.readRawVarint32());
    boolean stamped = false;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case KeyValue.MOD_REVISION_FIELD_NUMBER -> revisions[events] = in.readInt64();
        case KeyValue.VALUE_FIELD_NUMBER -> {
          int size = in.readRawVarint32();
          stamped = size >= Long.BYTES;
          if (stamped) {
            sent[events] = WatchedPuts.sentNanos(buffer, offset + in.getTotalBytesRead());
          }
          in.skipRawBytes(size);
        }
        default -> in.skipField(tag);
      }
    }
    in.popLimit(outer);
    if (!stamped) {
      throw new IOException("an event of somebody else's write");
    }
    events++;
  }

  long watchId() {
    return watchId;
  }

  boolean created() {
    return created;
  }

  boolean canceled() {
    return canceled;
  }

  /** Why the watch was canceled. */
  String reason() {
    return reason;
  }

  /** Events in the message, numbered from 0. */
  int events() {
    return events;
  }

  long revision(int event) {
    return revisions[event];
  }

  /** When the event's put was sent. */
  long sentNanos(int event) {
    return sent[event];
  }
}
