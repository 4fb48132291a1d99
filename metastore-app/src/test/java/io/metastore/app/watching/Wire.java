package io.metastore.app.watching;

import com.google.protobuf.ByteString;
import io.metastore.core.message.Event;
import io.metastore.core.message.KeyValue;
import io.metastore.testkit.model.KeyEvent;
import io.metastore.testkit.model.KeyState;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** etcd's messages in the words of the testkit. */
final class Wire {
  private Wire() {}

  static ByteString bytes(String latin) {
    return ByteString.copyFrom(latin, StandardCharsets.ISO_8859_1);
  }

  static KeyState state(KeyValue kv) {
    return new KeyState(
        kv.getKey().toString(StandardCharsets.ISO_8859_1),
        kv.getValue().toString(StandardCharsets.ISO_8859_1),
        kv.getCreateRevision(),
        kv.getModRevision(),
        kv.getVersion(),
        kv.getLease());
  }

  static KeyEvent event(Event event) {
    return new KeyEvent(
        event.getType() == Event.EventType.PUT,
        state(event.getKv()),
        event.hasPrevKv() ? Optional.of(state(event.getPrevKv())) : Optional.empty());
  }
}
