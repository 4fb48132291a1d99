package io.metastore.app.differential;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parts of a request that can be left out, counted from 0 in the order of its fields, outer
 * ones before inner ones: elements of lists, and fields other than messages and keys.
 */
final class Parts {
  private int left;

  private Parts(int left) {
    this.left = left;
  }

  /** A request without a part; empty when it has no part of that number. */
  static Optional<Message> without(Message request, int part) {
    return new Parts(part).cut(request);
  }

  private Optional<Message> cut(Message message) {
    for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
      FieldDescriptor field = entry.getKey();
      Optional<Message> less =
          field.isRepeated()
              ? cutElement(message, field, (List<?>) entry.getValue())
              : cutField(message, field, entry.getValue());
      if (less.isPresent()) {
        return less;
      }
    }
    return Optional.empty();
  }

  private Optional<Message> cutField(Message message, FieldDescriptor field, Object value) {
    if (field.getJavaType() == JavaType.MESSAGE) {
      return cut((Message) value).map(less -> message.toBuilder().setField(field, less).build());
    }
    return !field.getName().equals("key") && left-- == 0
        ? Optional.of(message.toBuilder().clearField(field).build())
        : Optional.empty();
  }

  private Optional<Message> cutElement(Message message, FieldDescriptor field, List<?> elements) {
    for (int i = 0; i < elements.size(); i++) {
      if (left-- == 0) {
        Message.Builder less = message.toBuilder().clearField(field);
        for (int j = 0; j < elements.size(); j++) {
          if (j != i) {
            less.addRepeatedField(field, elements.get(j));
          }
        }
        return Optional.of(less.build());
      }
      if (field.getJavaType() != JavaType.MESSAGE) {
        continue;
      }
      int index = i;
      Optional<Message> inner = cut((Message) elements.get(i));
      if (inner.isPresent()) {
        return inner.map(less -> message.toBuilder().setRepeatedField(field, index, less).build());
      }
    }
    return Optional.empty();
  }
}
