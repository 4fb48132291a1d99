package io.metastore.core.typed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.protobuf.ByteString;
import io.metastore.api.Keys;
import io.metastore.api.WatchOptions;
import io.metastore.api.WatchOutcome;
import io.metastore.core.message.Event;
import io.metastore.core.message.KeyValue;
import io.metastore.core.message.WatchResponse;
import io.metastore.core.watch.WatchReceiver;
import io.metastore.core.watch.WatchStream;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A watch on a stream of which the test is the other end. */
final class TypedWatchTest {
  private final List<WatchReceiver> receivers = new ArrayList<>();
  private final List<String> said = new ArrayList<>();

  /** Says what a stream is told, and keeps who receives from it. */
  private TypedWatch open() {
    WatchStream stream =
        proxy(
            WatchStream.class,
            (name, arguments) -> {
              said.add(name);
              return null;
            });
    StoreCalls calls =
        proxy(
            StoreCalls.class,
            (name, arguments) -> {
              receivers.add((WatchReceiver) arguments[0]);
              return stream;
            });
    return TypedWatch.open(calls, WatchOptions.of(Keys.all()), watch -> {});
  }

  private interface Answer {
    @Nullable Object to(String name, Object[] arguments);
  }

  private static <T> T proxy(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> answer.to(method.getName(), arguments)));
  }

  private static WatchResponse put(long revision) {
    KeyValue kv =
        KeyValue.newBuilder()
            .setKey(ByteString.copyFromUtf8("a"))
            .setModRevision(revision)
            .setCreateRevision(revision)
            .setVersion(1)
            .build();
    return WatchResponse.newBuilder().addEvents(Event.newBuilder().setKv(kv)).build();
  }

  @Test
  void streamIsToldThatTheQueueIsEmpty() {
    TypedWatch watch = open();
    receivers.getFirst().send(put(2));
    receivers.getFirst().send(put(3));
    assertEquals(2, watch.next().revision());
    assertEquals(List.of("request"), said);
    assertEquals(3, watch.next().revision());
    assertEquals(List.of("request", "ready"), said);
  }

  @Test
  void whatIsUnderWayWhenTheWatchClosesIsDropped() {
    TypedWatch watch = open();
    receivers.getFirst().send(put(2));
    watch.close();
    receivers.getFirst().send(put(3));
    assertFalse(watch.hasNext());
    assertFalse(receivers.getFirst().ready());
    assertEquals(Optional.of(new WatchOutcome.Closed()), watch.outcome());
    assertEquals(List.of("request", "close"), said);
  }
}
