package io.metastore.app.differential;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseGrantResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What a program calls the leases whose ids a server picks: {@link #FIRST} and the numbers after
 * it, in the order of their grants. A name that is not given yet is sent as it is, and is then the
 * id of no lease. Used by the thread that runs the program.
 */
final class LeaseNames {
  /** The first name; no server picks an id so small, and programs take none near it. */
  static final long FIRST = 2_000_000;

  private static final Set<String> FIELDS = Set.of("lease", "ID");

  /** Fields that are a lease or have one within, by the type of message. */
  private static final Map<Descriptor, List<FieldDescriptor>> TO_LOOK_INTO =
      new ConcurrentHashMap<>();

  private final Map<Long, Long> ids = new HashMap<>();
  private final Map<Long, Long> names = new HashMap<>();

  /** A request with ids for names. */
  Message sent(Message request) {
    return replaced(request, ids);
  }

  /** A response with names for ids. */
  Message told(Message request, Message response) {
    if (request instanceof LeaseGrantRequest grant
        && grant.getID() == 0
        && response instanceof LeaseGrantResponse granted
        && granted.getID() > 0
        && !names.containsKey(granted.getID())) {
      long name = FIRST + names.size();
      names.put(granted.getID(), name);
      ids.put(name, granted.getID());
    }
    return named(response);
  }

  /** A refusal with the size that a request has with names: an id may take a byte more or less. */
  String told(Message request, String refusal) {
    return refusal.replace(
        "(" + sent(request).getSerializedSize() + " vs.",
        "(" + request.getSerializedSize() + " vs.");
  }

  /** A message that answers no request of its own, with names for ids. */
  <T extends Message> T named(T message) {
    return replaced(message, names);
  }

  @SuppressWarnings("unchecked") // A builder of a message's own type makes that type.
  private static <T extends Message> T replaced(T message, Map<Long, Long> by) {
    Message changed = by.isEmpty() ? null : changed(message, by);
    return changed == null ? message : (T) changed;
  }

  /** What a message is to be; null when it stays as it is, as most do. */
  private static @Nullable Message changed(Message message, Map<Long, Long> by) {
    Message.Builder changed = null;
    for (FieldDescriptor field :
        TO_LOOK_INTO.computeIfAbsent(message.getDescriptorForType(), LeaseNames::toLookInto)) {
      if (field.isRepeated() ? message.getRepeatedFieldCount(field) > 0 : message.hasField(field)) {
        Object now = changed(field, message.getField(field), by);
        if (now != null) {
          changed = changed == null ? message.toBuilder() : changed;
          changed.setField(field, now);
        }
      }
    }
    return changed == null ? null : changed.build();
  }

  private static List<FieldDescriptor> toLookInto(Descriptor type) {
    return type.getFields().stream()
        .filter(
            field ->
                field.getJavaType() == JavaType.MESSAGE
                    || (field.getJavaType() == JavaType.LONG
                        && !field.isRepeated()
                        && FIELDS.contains(field.getName())))
        .toList();
  }

  private static @Nullable Object changed(FieldDescriptor field, Object value, Map<Long, Long> by) {
    if (field.getJavaType() == JavaType.LONG) {
      return by.get((Long) value);
    }
    return field.isRepeated() ? changed((List<?>) value, by) : changed((Message) value, by);
  }

  private static @Nullable List<?> changed(List<?> messages, Map<Long, Long> by) {
    List<?> now = messages.stream().map(message -> replaced((Message) message, by)).toList();
    return now.equals(messages) ? null : now;
  }
}
