package io.metastore.client;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;
import io.metastore.core.message.AuthenticateRequest;
import io.metastore.core.message.AuthenticateResponse;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.CompactionResponse;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.DeleteRangeResponse;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseGrantResponse;
import io.metastore.core.message.LeaseKeepAliveRequest;
import io.metastore.core.message.LeaseKeepAliveResponse;
import io.metastore.core.message.LeaseLeasesRequest;
import io.metastore.core.message.LeaseLeasesResponse;
import io.metastore.core.message.LeaseRevokeRequest;
import io.metastore.core.message.LeaseRevokeResponse;
import io.metastore.core.message.LeaseTimeToLiveRequest;
import io.metastore.core.message.LeaseTimeToLiveResponse;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.PutResponse;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.message.StatusRequest;
import io.metastore.core.message.StatusResponse;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.TxnResponse;
import io.metastore.core.message.WatchRequest;
import io.metastore.core.message.WatchResponse;

/** The methods of etcd's services that a client calls. */
final class Methods {
  static final MethodDescriptor<RangeRequest, RangeResponse> RANGE =
      unary("KV/Range", RangeRequest.getDefaultInstance(), RangeResponse.getDefaultInstance());
  static final MethodDescriptor<PutRequest, PutResponse> PUT =
      unary("KV/Put", PutRequest.getDefaultInstance(), PutResponse.getDefaultInstance());
  static final MethodDescriptor<DeleteRangeRequest, DeleteRangeResponse> DELETE_RANGE =
      unary(
          "KV/DeleteRange",
          DeleteRangeRequest.getDefaultInstance(),
          DeleteRangeResponse.getDefaultInstance());
  static final MethodDescriptor<TxnRequest, TxnResponse> TXN =
      unary("KV/Txn", TxnRequest.getDefaultInstance(), TxnResponse.getDefaultInstance());
  static final MethodDescriptor<CompactionRequest, CompactionResponse> COMPACT =
      unary(
          "KV/Compact",
          CompactionRequest.getDefaultInstance(),
          CompactionResponse.getDefaultInstance());
  static final MethodDescriptor<LeaseGrantRequest, LeaseGrantResponse> LEASE_GRANT =
      unary(
          "Lease/LeaseGrant",
          LeaseGrantRequest.getDefaultInstance(),
          LeaseGrantResponse.getDefaultInstance());
  static final MethodDescriptor<LeaseRevokeRequest, LeaseRevokeResponse> LEASE_REVOKE =
      unary(
          "Lease/LeaseRevoke",
          LeaseRevokeRequest.getDefaultInstance(),
          LeaseRevokeResponse.getDefaultInstance());
  static final MethodDescriptor<LeaseTimeToLiveRequest, LeaseTimeToLiveResponse> LEASE_TTL =
      unary(
          "Lease/LeaseTimeToLive",
          LeaseTimeToLiveRequest.getDefaultInstance(),
          LeaseTimeToLiveResponse.getDefaultInstance());
  static final MethodDescriptor<LeaseLeasesRequest, LeaseLeasesResponse> LEASES =
      unary(
          "Lease/LeaseLeases",
          LeaseLeasesRequest.getDefaultInstance(),
          LeaseLeasesResponse.getDefaultInstance());
  static final MethodDescriptor<StatusRequest, StatusResponse> STATUS =
      unary(
          "Maintenance/Status",
          StatusRequest.getDefaultInstance(),
          StatusResponse.getDefaultInstance());
  static final MethodDescriptor<LeaseKeepAliveRequest, LeaseKeepAliveResponse> LEASE_KEEP_ALIVE =
      method(
          MethodType.BIDI_STREAMING,
          "Lease/LeaseKeepAlive",
          LeaseKeepAliveRequest.getDefaultInstance(),
          LeaseKeepAliveResponse.getDefaultInstance());
  static final MethodDescriptor<WatchRequest, WatchResponse> WATCH =
      method(
          MethodType.BIDI_STREAMING,
          "Watch/Watch",
          WatchRequest.getDefaultInstance(),
          WatchResponse.getDefaultInstance());

  static final MethodDescriptor<AuthenticateRequest, AuthenticateResponse> AUTHENTICATE =
      unary(
          "Auth/Authenticate",
          AuthenticateRequest.getDefaultInstance(),
          AuthenticateResponse.getDefaultInstance());

  private Methods() {}

  private static <Q extends Message, R extends Message> MethodDescriptor<Q, R> unary(
      String name, Q request, R response) {
    return method(MethodType.UNARY, name, request, response);
  }

  private static <Q extends Message, R extends Message> MethodDescriptor<Q, R> method(
      MethodType type, String name, Q request, R response) {
    return MethodDescriptor.<Q, R>newBuilder()
        .setType(type)
        .setFullMethodName("etcdserverpb." + name)
        .setRequestMarshaller(ProtoUtils.marshaller(request))
        .setResponseMarshaller(ProtoUtils.marshaller(response))
        .build();
  }
}
