package io.metastore.app;

import com.google.protobuf.ByteString;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.KeyStream;
import io.metastore.core.MetadataStore;
import io.metastore.core.auth.Identity;
import io.metastore.core.message.AlarmMember;
import io.metastore.core.message.AlarmRequest;
import io.metastore.core.message.AlarmResponse;
import io.metastore.core.message.AlarmType;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.CompactionResponse;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.DeleteRangeResponse;
import io.metastore.core.message.HashKVRequest;
import io.metastore.core.message.HashKVResponse;
import io.metastore.core.message.HashRequest;
import io.metastore.core.message.HashResponse;
import io.metastore.core.message.KeyValue;
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
import io.metastore.core.message.RangeStreamResponse;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.message.StatusResponse;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.TxnResponse;
import io.metastore.core.watch.WatchReceiver;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Single keys in a map, answered at once; can be told to fail, or to hold its answers back. */
public final class FakeStore implements MetadataStore {
  private final ConcurrentMap<ByteString, KeyValue> keys = new ConcurrentHashMap<>();
  private final Queue<AlarmMember> alarms = new ConcurrentLinkedQueue<>();
  private final AtomicLong revision = new AtomicLong(1);
  private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();
  private final Queue<FakeWatchStream> streams = new ConcurrentLinkedQueue<>();
  private volatile @Nullable Throwable failure;
  private volatile boolean holding;
  private volatile Duration lastTimeout = Duration.ZERO;

  /** Every call fails from now on. */
  public void failWith(Throwable cause) {
    failure = cause;
  }

  /** Every call fails with a code from now on. */
  public void failWith(ErrorCode code) {
    failure = MetastoreException.of(code);
  }

  /** Answers wait for {@link #release} from now on. */
  public void hold() {
    holding = true;
  }

  /** How many answers wait. */
  public int held() {
    return held.size();
  }

  /** Gives the answers that wait. */
  public void release() {
    holding = false;
    for (Runnable answer = held.poll(); answer != null; answer = held.poll()) {
      answer.run();
    }
  }

  /** The timeout of the latest call. */
  public Duration lastTimeout() {
    return lastTimeout;
  }

  private ResponseHeader header() {
    return ResponseHeader.newBuilder()
        .setClusterId(0x1001)
        .setMemberId(0x2002)
        .setRevision(revision.get())
        .setRaftTerm(2)
        .build();
  }

  private <R> CompletableFuture<R> answer(R response, Duration timeout) {
    lastTimeout = timeout;
    Throwable cause = failure;
    if (cause != null) {
      return CompletableFuture.failedFuture(cause);
    }
    if (!holding) {
      return CompletableFuture.completedFuture(response);
    }
    CompletableFuture<R> later = new CompletableFuture<>();
    held.add(() -> later.complete(response));
    return later;
  }

  @Override
  public MetadataStore as(Identity caller) {
    return this; // Nobody's permissions are checked here.
  }

  @Override
  public CompletableFuture<RangeResponse> range(RangeRequest request, Duration timeout) {
    RangeResponse.Builder response = RangeResponse.newBuilder().setHeader(header());
    KeyValue kv = keys.get(request.getKey());
    if (kv != null) {
      response.addKvs(kv).setCount(1);
    }
    return answer(response.build(), timeout);
  }

  @Override
  public CompletableFuture<PutResponse> put(PutRequest request, Duration timeout) {
    long now = revision.incrementAndGet();
    keys.put(
        request.getKey(),
        KeyValue.newBuilder()
            .setKey(request.getKey())
            .setValue(request.getValue())
            .setCreateRevision(now)
            .setModRevision(now)
            .setVersion(1)
            .build());
    return answer(PutResponse.newBuilder().setHeader(header()).build(), timeout);
  }

  @Override
  public CompletableFuture<DeleteRangeResponse> deleteRange(
      DeleteRangeRequest request, Duration timeout) {
    int deleted = keys.remove(request.getKey()) == null ? 0 : 1;
    return answer(
        DeleteRangeResponse.newBuilder().setHeader(header()).setDeleted(deleted).build(), timeout);
  }

  @Override
  public CompletableFuture<TxnResponse> txn(TxnRequest request, Duration timeout) {
    return answer(TxnResponse.newBuilder().setHeader(header()).setSucceeded(true).build(), timeout);
  }

  /** Some member has raised an alarm. */
  public void raise(AlarmType type) {
    alarms.add(AlarmMember.newBuilder().setMemberID(0x2002).setAlarm(type).build());
  }

  /** Two pieces, the second with the header. */
  @Override
  public KeyStream rangeStream(RangeRequest request) {
    Iterator<RangeResponse> pieces =
        List.of(
                RangeResponse.newBuilder().addAllKvs(keys.values()).build(),
                RangeResponse.newBuilder().setHeader(header()).setCount(keys.size()).build())
            .iterator();
    return () ->
        answer(
            RangeStreamResponse.newBuilder().setRangeResponse(pieces.next()).build(),
            Duration.ZERO);
  }

  @Override
  public CompletableFuture<CompactionResponse> compact(
      CompactionRequest request, Duration timeout) {
    return answer(CompactionResponse.newBuilder().setHeader(header()).build(), timeout);
  }

  @Override
  public CompletableFuture<AlarmResponse> alarm(AlarmRequest request, Duration timeout) {
    return answer(
        AlarmResponse.newBuilder().setHeader(header()).addAllAlarms(alarms).build(), timeout);
  }

  @Override
  public List<AlarmMember> alarms() {
    return List.copyOf(alarms);
  }

  @Override
  public CompletableFuture<HashKVResponse> hashKv(HashKVRequest request, Duration timeout) {
    return answer(
        HashKVResponse.newBuilder().setHeader(header()).setHash(7).setHashRevision(5).build(),
        timeout);
  }

  @Override
  public CompletableFuture<HashResponse> hash(HashRequest request, Duration timeout) {
    return answer(HashResponse.newBuilder().setHeader(header()).setHash(9).build(), timeout);
  }

  @Override
  public FakeWatchStream watch(WatchReceiver receiver) {
    FakeWatchStream stream = new FakeWatchStream(receiver, this::header);
    streams.add(stream);
    return stream;
  }

  /** The streams of watches that were opened, in order. */
  public Queue<FakeWatchStream> streams() {
    return streams;
  }

  @Override
  public CompletableFuture<LeaseGrantResponse> leaseGrant(
      LeaseGrantRequest request, Duration timeout) {
    return answer(
        LeaseGrantResponse.newBuilder()
            .setHeader(header())
            .setID(request.getID())
            .setTTL(request.getTTL())
            .build(),
        timeout);
  }

  @Override
  public CompletableFuture<LeaseRevokeResponse> leaseRevoke(
      LeaseRevokeRequest request, Duration timeout) {
    return answer(LeaseRevokeResponse.newBuilder().setHeader(header()).build(), timeout);
  }

  /** Every lease exists, and has as many seconds as its id says. */
  @Override
  public CompletableFuture<LeaseKeepAliveResponse> leaseKeepAlive(
      LeaseKeepAliveRequest request, Duration timeout) {
    return answer(
        LeaseKeepAliveResponse.newBuilder()
            .setHeader(header())
            .setID(request.getID())
            .setTTL(request.getID())
            .build(),
        timeout);
  }

  @Override
  public CompletableFuture<LeaseTimeToLiveResponse> leaseTimeToLive(
      LeaseTimeToLiveRequest request, Duration timeout) {
    return answer(
        LeaseTimeToLiveResponse.newBuilder()
            .setHeader(header())
            .setID(request.getID())
            .setTTL(-1)
            .build(),
        timeout);
  }

  @Override
  public CompletableFuture<LeaseLeasesResponse> leaseLeases(
      LeaseLeasesRequest request, Duration timeout) {
    return answer(LeaseLeasesResponse.newBuilder().setHeader(header()).build(), timeout);
  }

  @Override
  public StatusResponse status() {
    return StatusResponse.newBuilder()
        .setHeader(header())
        .setVersion(Versions.ETCD_SERVER)
        .setLeader(0x2002)
        .setRaftTerm(2)
        .build();
  }
}
