package io.metastore.core.mvcc;

import com.google.protobuf.ByteString;
import io.metastore.core.message.Event;
import io.metastore.core.message.KeyValue;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A change as watchers are sent it. The message is made once for all of them.
 *
 * <p>Belongs to one thread at a time; the messages it gives are immutable.
 */
public abstract class KeyEvent {
  private final byte[] key;
  private final Revision revision;
  private final boolean put;
  private @Nullable Event plain;
  private @Nullable Event withPrevious;

  KeyEvent(byte[] key, Revision revision, boolean put) {
    this.key = key;
    this.revision = revision;
    this.put = put;
  }

  /** The event of a change that was just made. */
  public static KeyEvent of(Change change) {
    return new Made(change);
  }

  /** The user key; nobody may change the array. */
  public final byte[] key() {
    return key;
  }

  /** The change's place in history. */
  public final Revision revision() {
    return revision;
  }

  /** True for a put, false for a delete. */
  public final boolean isPut() {
    return put;
  }

  /**
   * The message.
   *
   * @param previous whether it carries what the change replaced, if that can still be read
   */
  public final Event message(boolean previous) {
    Event message = plain;
    if (message == null) {
      message = plain();
      plain = message;
    }
    if (!previous) {
      return message;
    }
    Event full = withPrevious;
    if (full == null) {
      full = withPrevious(message);
      withPrevious = full;
    }
    return full;
  }

  private Event plain() {
    ByteString wrapped = MvccWriter.wrap(key);
    return put
        ? Event.newBuilder()
            .setType(Event.EventType.PUT)
            .setKv(record().toKeyValue(wrapped))
            .build()
        : Event.newBuilder()
            .setType(Event.EventType.DELETE)
            .setKv(KeyValue.newBuilder().setKey(wrapped).setModRevision(revision.main()))
            .build();
  }

  private Event withPrevious(Event message) {
    if (put && message.getKv().getVersion() == 1) {
      return message;
    }
    return previous()
        .map(old -> message.toBuilder().setPrevKv(old.toKeyValue(message.getKv().getKey())).build())
        .orElse(message);
  }

  /** What was put; asked for a put only. */
  abstract KeyRecord record();

  /** What the change replaced; not asked for when a put made the key. */
  abstract Optional<KeyRecord> previous();

  /** A change that is still in memory. */
  private static final class Made extends KeyEvent {
    private final Change change;

    Made(Change change) {
      super(change.key(), change.revision(), change.record().isPresent());
      this.change = change;
    }

    @Override
    KeyRecord record() {
      return change.record().orElseThrow();
    }

    @Override
    Optional<KeyRecord> previous() {
      return change.previous();
    }
  }
}
