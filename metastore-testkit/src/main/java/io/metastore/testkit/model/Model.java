package io.metastore.testkit.model;

import io.metastore.api.ErrorCode;
import io.metastore.testkit.model.Command.AllAlarms;
import io.metastore.testkit.model.Command.AllLeases;
import io.metastore.testkit.model.Command.Compact;
import io.metastore.testkit.model.Command.Delete;
import io.metastore.testkit.model.Command.Disarm;
import io.metastore.testkit.model.Command.Grant;
import io.metastore.testkit.model.Command.HashAt;
import io.metastore.testkit.model.Command.LeaseKeys;
import io.metastore.testkit.model.Command.Put;
import io.metastore.testkit.model.Command.Raise;
import io.metastore.testkit.model.Command.Range;
import io.metastore.testkit.model.Command.Revoke;
import io.metastore.testkit.model.Command.Stream;
import io.metastore.testkit.model.Command.Txn;
import io.metastore.testkit.model.Command.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a store ought to hold and answer, told plainly: all keys of every revision, all events of
 * every revision, and the leases. Nothing is ever forgotten; what is compacted is not answered.
 *
 * <p>A command that is refused is refused before its first change. Belongs to one thread.
 */
public final class Model {
  /** As in etcd: 285 years. */
  private static final long TTL_MAX = 9_000_000_000L;

  private static final long NEVER_COMPACTED = -1;

  private final Subject.Limits limits;
  // Both by revision; there is no revision 0, and nothing in revision 1.
  private final List<SortedMap<String, KeyState>> keys = new ArrayList<>();
  private final List<List<KeyEvent>> events = new ArrayList<>();
  private final SortedMap<Long, Long> leases = new TreeMap<>();
  private final Alarms alarms = new Alarms();
  private long compacted = NEVER_COMPACTED;

  /** Creates the model of an empty store. */
  public Model(Subject.Limits limits) {
    this.limits = limits;
    for (int revision = 0; revision <= 1; revision++) {
      keys.add(new TreeMap<>());
      events.add(List.of());
    }
  }

  /** The newest revision. */
  public long revision() {
    return keys.size() - 1L;
  }

  /** The oldest revision that can be read. */
  public long oldest() {
    return Math.max(1, compacted);
  }

  /** The live keys at a revision. */
  public SortedMap<String, KeyState> keys(long revision) {
    return keys.get(Math.toIntExact(revision));
  }

  /** All events of a revision, in their order and with what they replaced. */
  public List<KeyEvent> events(long revision) {
    return events.get(Math.toIntExact(revision));
  }

  /** Leases and their TTLs in seconds. */
  public Map<Long, Long> leases() {
    return leases;
  }

  /** The alarms that are raised. */
  public List<Command.Alarm> alarms() {
    return alarms.all();
  }

  /** Executes a command. */
  public Answer execute(Command command) {
    try {
      return switch (command) {
        case Range range -> range(range);
        case Put put -> put(put);
        case Delete delete -> delete(delete);
        case Txn txn -> txn(txn);
        case Compact compact -> compact(compact);
        case Grant grant -> grant(grant);
        case Revoke revoke -> revoke(revoke);
        case LeaseKeys lease -> leaseKeys(lease.id());
        case AllLeases all -> new Answer.Leases(revision(), List.copyOf(leases.keySet()));
        case Watch watch -> watch(watch);
        case Stream stream -> stream(stream.range());
        case HashAt hash -> hash(hash.revision());
        case Raise raise -> new Answer.Alarmed(revision(), alarms.raise(raise.alarm()));
        case Disarm disarm -> new Answer.Alarmed(revision(), alarms.disarm(disarm.alarm()));
        case AllAlarms all -> new Answer.Alarmed(revision(), alarms.all());
      };
    } catch (Refusal refusal) {
      return new Answer.Refused(refusal.code());
    }
  }

  private Answer range(Range range) {
    Requests.check(range, limits.txnOpsMax());
    alarms.checkRead();
    return read(range);
  }

  /** In pieces, so in the order of keys and without a filter. */
  private Answer stream(Range range) {
    Requests.check(range, limits.txnOpsMax());
    Refusal.when(
        range.sort().order() == Command.Order.DESCEND
            || range.sort().target() != Command.Target.KEY
            || !range.filter().equals(Command.Filter.NONE),
        ErrorCode.RANGE_STREAM_UNSUPPORTED);
    alarms.checkRead();
    return read(range);
  }

  private Answer hash(long revision) {
    long at = revision <= 0 ? revision() : revision;
    Refusal.when(at < compacted, ErrorCode.COMPACTED);
    Refusal.when(at > revision(), ErrorCode.FUTURE_REV);
    return new Answer.Hashed(revision(), 0, compacted, at);
  }

  private Answer read(Range range) {
    long at = range.revision() <= 0 ? revision() : range.revision();
    Refusal.when(at > revision(), ErrorCode.FUTURE_REV);
    Refusal.when(at < compacted, ErrorCode.COMPACTED);
    return Ranges.of(range, keys(at).values(), revision());
  }

  private Answer put(Put put) {
    Requests.check(put, limits.txnOpsMax());
    alarms.checkWrite(put);
    Refusal.when(lacksLease(put), ErrorCode.LEASE_NOT_FOUND);
    Refusal.when(lacksKey(put), ErrorCode.KEY_NOT_FOUND);
    return commit(new Changes(this), changes -> changes.put(put));
  }

  private Answer delete(Delete delete) {
    Requests.check(delete, limits.txnOpsMax());
    alarms.checkWrite(delete);
    return commit(new Changes(this), changes -> changes.delete(delete));
  }

  private Answer txn(Txn txn) {
    Requests.check(txn, limits.txnOpsMax());
    Requests.checkOverlaps(txn);
    alarms.checkWrite(txn);
    TxnPath path = TxnPath.decide(txn, keys(revision()));
    path.check(this, new ArrayList<>());
    return commit(
        new Changes(this),
        changes -> {
          List<Answer> answers = path.run(changes);
          return new Answer.Ran(changes.revision(), path.succeeded(), answers);
        });
  }

  /** Whether a put names a lease that is not there. */
  boolean lacksLease(Put put) {
    return put.lease() != 0 && !leases.containsKey(put.lease());
  }

  /** Whether a put keeps something of a key that is not there. */
  boolean lacksKey(Put put) {
    return (put.ignoreValue() || put.ignoreLease()) && !keys(revision()).containsKey(put.key());
  }

  /** Checks a range within a transaction; unlike elsewhere less than 0 is not the newest. */
  void checkRevision(Range range) {
    Refusal.when(range.revision() > revision(), ErrorCode.FUTURE_REV);
    Refusal.when(range.revision() != 0 && range.revision() < compacted, ErrorCode.COMPACTED);
  }

  private interface Work {
    Answer on(Changes changes);
  }

  /** Does what cannot fail any more; the revision moves if anything changed. */
  private Answer commit(Changes changes, Work work) {
    Answer answer = work.on(changes);
    if (!changes.events().isEmpty()) {
      keys.add(changes.keys());
      events.add(changes.events());
    }
    return answer;
  }

  private Answer compact(Compact compact) {
    alarms.checkWrite(compact);
    Refusal.when(compact.revision() <= compacted, ErrorCode.COMPACTED);
    Refusal.when(compact.revision() > revision(), ErrorCode.FUTURE_REV);
    compacted = compact.revision();
    return new Answer.Compacted(revision());
  }

  private Answer grant(Grant grant) {
    Refusal.when(grant.ttl() > TTL_MAX, ErrorCode.LEASE_TTL_TOO_LARGE);
    alarms.checkWrite(grant);
    Refusal.when(leases.containsKey(grant.id()), ErrorCode.LEASE_EXIST);
    long ttl = Math.max(grant.ttl(), limits.leaseTtlMin());
    leases.put(grant.id(), ttl);
    return new Answer.Granted(revision(), grant.id(), ttl);
  }

  private Answer revoke(Revoke revoke) {
    alarms.checkWrite(revoke);
    Refusal.when(!leases.containsKey(revoke.id()), ErrorCode.LEASE_NOT_FOUND);
    leases.remove(revoke.id());
    return commit(
        new Changes(this),
        changes -> {
          attached(revoke.id()).forEach(key -> changes.delete(new Delete(Keys.of(key), false)));
          return new Answer.Revoked(changes.revision());
        });
  }

  private Answer leaseKeys(long id) {
    return leases.containsKey(id)
        ? new Answer.Leased(revision(), id, leases.getOrDefault(id, 0L), attached(id))
        : new Answer.Leased(revision(), id, -1, List.of());
  }

  /** The keys of a lease. */
  private List<String> attached(long id) {
    return keys(revision()).values().stream()
        .filter(key -> key.lease() == id)
        .map(KeyState::key)
        .toList();
  }

  private Answer watch(Watch watch) {
    if (watch.from() < compacted) {
      return new Answer.Lost(compacted);
    }
    List<KeyEvent> told = new ArrayList<>();
    for (long at = watch.from(); at <= revision(); at++) {
      for (KeyEvent event : events(at)) {
        if (watch.keys().contains(event.key().key())
            && (event.put() ? watch.puts() : watch.deletes())) {
          told.add(watch.prevKv() ? event : event.plain());
        }
      }
    }
    return new Answer.Told(told);
  }

  /** What a key was at a revision, if it was live then. */
  Optional<KeyState> find(String key, long revision) {
    return Optional.ofNullable(keys(revision).get(key));
  }
}
