package io.metastore.app.bench;

import com.google.protobuf.InvalidProtocolBufferException;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseGrantResponse;
import io.metastore.core.message.LeaseKeepAliveRequest;
import io.metastore.core.message.LeaseKeepAliveResponse;
import io.metastore.core.message.LeaseRevokeRequest;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** A set of leases, as what is done to them: granted once, renewed in turns, revoked once. */
final class LeaseWorkloads {
  static final String GONE = "lease is gone";
  static final String OTHER = "answer to another lease's renewal";
  private static final String MALFORMED = "malformed answer";

  private final AtomicLongArray ids;
  private final long ttlSeconds;

  LeaseWorkloads(int leases, long ttlSeconds) {
    this.ids = new AtomicLongArray(leases);
    this.ttlSeconds = ttlSeconds;
  }

  private long id(long number) {
    return ids.get((int) (number % ids.length()));
  }

  /** Grants lease after lease; each must be granted before the others are used. */
  Workload grant() {
    return new Steps(EtcdMethod.LEASE_GRANT) {
      @Override
      public byte[] request(long number) {
        return LeaseGrantRequest.newBuilder().setTTL(ttlSeconds).build().toByteArray();
      }

      @Override
      Optional<String> check(long number, byte[] response) throws InvalidProtocolBufferException {
        ids.set((int) number, LeaseGrantResponse.parseFrom(response).getID());
        return Optional.empty();
      }
    };
  }

  /** Renews the leases in turns, as messages on a stream. */
  Workload renew() {
    return new Steps(EtcdMethod.LEASE_KEEP_ALIVE) {
      @Override
      public byte[] request(long number) {
        return LeaseKeepAliveRequest.newBuilder().setID(id(number)).build().toByteArray();
      }

      @Override
      Optional<String> check(long number, byte[] response) throws InvalidProtocolBufferException {
        LeaseKeepAliveResponse renewed = LeaseKeepAliveResponse.parseFrom(response);
        if (renewed.getID() != id(number)) {
          return Optional.of(OTHER);
        }
        return renewed.getTTL() > 0 ? Optional.empty() : Optional.of(GONE);
      }
    };
  }

  /** Revokes lease after lease. */
  Workload revoke() {
    return new Steps(EtcdMethod.LEASE_REVOKE) {
      @Override
      public byte[] request(long number) {
        return LeaseRevokeRequest.newBuilder().setID(id(number)).build().toByteArray();
      }

      @Override
      Optional<String> check(long number, byte[] response) {
        return Optional.empty();
      }
    };
  }

  /** What the three have in common. */
  private abstract static class Steps implements Workload {
    private final EtcdMethod method;
    private final AtomicLong next = new AtomicLong();

    Steps(EtcdMethod method) {
      this.method = method;
    }

    abstract Optional<String> check(long number, byte[] response)
        throws InvalidProtocolBufferException;

    @Override
    public EtcdMethod method() {
      return method;
    }

    @Override
    public long next() {
      return next.getAndIncrement();
    }

    @Override
    public Optional<String> answered(long number, byte[] response) {
      try {
        return check(number, response);
      } catch (InvalidProtocolBufferException e) {
        return Optional.of(MALFORMED);
      }
    }
  }
}
