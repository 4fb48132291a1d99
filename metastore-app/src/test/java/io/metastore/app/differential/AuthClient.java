package io.metastore.app.differential;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.metastore.app.grpc.stub.AuthGrpc;
import io.metastore.app.grpc.stub.KVGrpc;
import io.metastore.core.message.AuthDisableRequest;
import io.metastore.core.message.AuthDisableResponse;
import io.metastore.core.message.AuthenticateRequest;
import io.metastore.core.message.AuthenticateResponse;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.message.TxnRequest;
import java.util.HashMap;
import java.util.Map;

/** One server's clients: each user with the token that it was given last. Used by one thread. */
final class AuthClient implements AutoCloseable {
  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

  private final ManagedChannel channel;
  private final Map<String, String> tokens = new HashMap<>();

  AuthClient(int port) {
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  /** What a server says to a user's request, without what no two servers say alike. */
  String answer(RandomAuth.Call call) {
    Metadata headers = new Metadata();
    String token = tokens.get(call.actor());
    if (token != null && !(call.request() instanceof AuthenticateRequest)) {
      headers.put(TOKEN, token);
    }
    try {
      Message response =
          ClientCalls.blockingUnaryCall(
              ClientInterceptors.intercept(
                  channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
              method(call.request()),
              CallOptions.DEFAULT.withWaitForReady(),
              call.request());
      if (call.request() instanceof AuthenticateRequest login
          && response instanceof AuthenticateResponse given) {
        tokens.put(login.getName(), given.getToken());
        response = given.toBuilder().clearToken().build();
      }
      if (response instanceof AuthDisableResponse) {
        // With authentication off, etcd 3.4 refuses the tokens that main passes over.
        tokens.clear();
      }
      return masked(response).toString();
    } catch (StatusRuntimeException e) {
      Status status = e.getStatus();
      return status.getCode() + " " + status.getDescription();
    }
  }

  private static Message masked(Message response) {
    FieldDescriptor field = response.getDescriptorForType().findFieldByName("header");
    ResponseHeader header = (ResponseHeader) response.getField(field);
    ResponseHeader bare = ResponseHeader.newBuilder().setRevision(header.getRevision()).build();
    return response.toBuilder().setField(field, bare).build();
  }

  @SuppressWarnings("unchecked") // The descriptor found takes the message that it was found by.
  private static MethodDescriptor<Message, Message> method(Message request) {
    MethodDescriptor<?, ?> found =
        switch (request) {
          case RangeRequest range -> KVGrpc.getRangeMethod();
          case PutRequest put -> KVGrpc.getPutMethod();
          case DeleteRangeRequest delete -> KVGrpc.getDeleteRangeMethod();
          case TxnRequest txn -> KVGrpc.getTxnMethod();
          default -> authMethod(request.getClass().getSimpleName());
        };
    return (MethodDescriptor<Message, Message>) found;
  }

  /** {@code AuthUserAddRequest} goes to {@code UserAdd}, and {@code AuthEnableRequest} as it is. */
  private static MethodDescriptor<?, ?> authMethod(String requestType) {
    String name = requestType.substring(0, requestType.length() - "Request".length());
    String bare =
        name.startsWith("AuthUser") || name.startsWith("AuthRole")
            ? name.substring("Auth".length())
            : name;
    return AuthGrpc.getServiceDescriptor().getMethods().stream()
        .filter(method -> bare.equals(method.getBareMethodName()))
        .findFirst()
        .orElseThrow();
  }

  /** Switches authentication off, by whoever may. */
  boolean disable() {
    return answer(new RandomAuth.Call("root", AuthDisableRequest.getDefaultInstance()))
        .startsWith("header");
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
