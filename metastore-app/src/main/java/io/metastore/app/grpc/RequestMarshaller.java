package io.metastore.app.grpc;

import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.metastore.core.Nesting;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads requests. It differs from protobuf's own marshaller in how deep messages may lie in one
 * another, and in what becomes of a request that cannot be read: grpc-java would end the call with
 * a stack trace in the log and a status that says nothing; here the method sees that it is {@link
 * #isUnreadable} and refuses it.
 *
 * <p>Thread-safe.
 */
final class RequestMarshaller<Q extends MessageLite>
    implements MethodDescriptor.PrototypeMarshaller<Q> {
  /** As grpc-go has it, which adds its own words for what is wrong. */
  static final Status REFUSAL =
      Status.INTERNAL.withDescription(
          "grpc: error unmarshalling request: not a message of this method, or nested too deep");

  // For each class the one object that stands for what could not be read, told by identity from
  // whatever a client can send.
  private static final Map<Class<?>, MessageLite> UNREADABLE = new ConcurrentHashMap<>();

  private final MethodDescriptor.Marshaller<Q> plain;
  private final Q prototype;
  private final Q unreadable;

  // Both are of the prototype's class.
  @SuppressWarnings("unchecked")
  private RequestMarshaller(Q prototype) {
    this.prototype = prototype;
    this.plain =
        (MethodDescriptor.Marshaller<Q>)
            ProtoUtils.marshallerWithRecursionLimit(
                (Message) prototype, Nesting.REQUEST_MESSAGES_MAX);
    this.unreadable =
        (Q)
            UNREADABLE.computeIfAbsent(
                prototype.getClass(), type -> prototype.newBuilderForType().build());
  }

  /** The same method, with its requests read by a marshaller of this kind. */
  static <Q extends MessageLite, R> MethodDescriptor<Q, R> reading(MethodDescriptor<Q, R> method) {
    var generated = (MethodDescriptor.PrototypeMarshaller<Q>) method.getRequestMarshaller();
    Q prototype = Objects.requireNonNull(generated.getMessagePrototype(), "prototype");
    return method.toBuilder().setRequestMarshaller(new RequestMarshaller<>(prototype)).build();
  }

  /**
   * True when the client sent something that is no request.
   *
   * @param size of the message
   */
  @SuppressWarnings("ReferenceEquality") // on purpose: an empty request is equal to it
  static boolean isUnreadable(MessageLite message, int size) {
    return size == 0 && UNREADABLE.get(message.getClass()) == message;
  }

  @Override
  public Q getMessagePrototype() {
    return prototype;
  }

  @Override
  public Class<Q> getMessageClass() {
    return messageClass(prototype);
  }

  @SuppressWarnings("unchecked")
  private static <Q> Class<Q> messageClass(Q prototype) {
    return (Class<Q>) prototype.getClass();
  }

  @Override
  public InputStream stream(Q value) {
    return plain.stream(value);
  }

  @Override
  public Q parse(InputStream stream) {
    try {
      return plain.parse(stream);
    } catch (StatusRuntimeException e) {
      return unreadable;
    }
  }
}
