package io.metastore.app.watching;

import io.metastore.app.grpc.stub.KVGrpc.KVBlockingStub;
import io.metastore.core.message.KeyValue;
import io.metastore.core.message.RangeRequest;
import io.metastore.testkit.model.KeyEvent;
import io.metastore.testkit.model.KeyState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What happened to all keys, found out by reading them at every revision: it needs neither watches
 * nor the answers to writes, some of which a killed server never gave. Writers change the keys of
 * one revision in the order of the keys, and each of them once.
 */
final class KeyHistory {
  private KeyHistory() {}

  /** All events up to a revision. */
  static List<KeyEvent> read(KVBlockingStub kv, long revision) {
    List<KeyEvent> events = new ArrayList<>();
    SortedMap<String, KeyState> before = new TreeMap<>();
    for (long at = 2; at <= revision; at++) {
      SortedMap<String, KeyState> keys = keys(kv, at);
      TreeSet<String> names = new TreeSet<>(before.keySet());
      names.addAll(keys.keySet());
      for (String name : names) {
        Optional<KeyState> old = Optional.ofNullable(before.get(name));
        Optional<KeyState> now = Optional.ofNullable(keys.get(name));
        if (now.isEmpty()) {
          events.add(new KeyEvent(false, new KeyState(name, "", 0, at, 0, 0), old));
        } else if (now.get().mod() == at) {
          events.add(new KeyEvent(true, now.get(), old));
        }
      }
      before = keys;
    }
    return events;
  }

  private static SortedMap<String, KeyState> keys(KVBlockingStub kv, long revision) {
    SortedMap<String, KeyState> keys = new TreeMap<>();
    RangeRequest all =
        RangeRequest.newBuilder()
            .setKey(Wire.bytes("\0"))
            .setRangeEnd(Wire.bytes("\0"))
            .setRevision(revision)
            .build();
    for (KeyValue found : kv.range(all).getKvsList()) {
      KeyState key = Wire.state(found);
      keys.put(key.key(), key);
    }
    return keys;
  }
}
