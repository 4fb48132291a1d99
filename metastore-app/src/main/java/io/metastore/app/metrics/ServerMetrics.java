package io.metastore.app.metrics;

import io.metastore.core.NodeMetrics;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.concurrent.TimeUnit;

/** Receives a node's measurements and keeps them for scrapes. Thread-safe. */
public final class ServerMetrics implements NodeMetrics {
  private static final double NANOS_PER_SECOND = 1e9;

  /** etcd's buckets for disk times: 1 ms, doubling, 14 of them. */
  private static final double[] DISK_SECONDS = doubling(0.001, 14);

  /** etcd's buckets for the time to another member and back. */
  private static final double[] PEER_SECONDS = doubling(0.0001, 16);

  private static final double[] SECONDS = doubling(0.0001, 17);
  private static final double[] COUNTS = doubling(1, 14);

  /** etcd's default of {@code --warning-apply-duration}; a batch stands for its requests. */
  private static final long SLOW_APPLY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** After so long etcd asks for a read index again. */
  private static final long SLOW_BARRIER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final PrometheusRegistry registry;
  private final Histogram proposerBatch;
  private final Counter proposalsFailed;
  private final Histogram applyBatch;
  private final Histogram applySeconds;
  private final Histogram engineCommit;
  private final Histogram logSync;
  private final Counter slowApplies;
  private final Counter slowBarriers;
  private final Histogram barrierReaders;
  private final Histogram barrierSeconds;
  private final Counter barriersFailed;
  private final Counter leaderChanges;
  private final Counter leasesGranted;
  private final Counter leasesRevoked;
  private final Counter leasesRenewed;
  private final Counter leasesExpired;
  private final Histogram peerRoundTrip;
  private final Gauge imagesInstalling;
  private final Gauge learnersPromoted;

  /** Registers everything that needs no running node. */
  public ServerMetrics(PrometheusRegistry registry) {
    this.registry = registry;
    JvmMetrics.builder().register(registry);
    proposerBatch =
        histogram("metastore_proposer_batch_size", "Proposals in one log entry.", COUNTS);
    proposalsFailed =
        counter("etcd_server_proposals_failed_total", "The total number of failed proposals seen.");
    applyBatch =
        histogram("metastore_apply_batch_size", "Proposals applied in one engine batch.", COUNTS);
    applySeconds =
        histogram(
            "metastore_apply_batch_duration_seconds", "Time to apply one engine batch.", SECONDS);
    engineCommit =
        histogram(
            "etcd_disk_backend_commit_duration_seconds",
            "The latency distributions of commit called by backend.",
            DISK_SECONDS);
    logSync =
        histogram(
            "etcd_disk_wal_fsync_duration_seconds",
            "The latency distributions of fsync called by WAL.",
            DISK_SECONDS);
    slowApplies =
        counter(
            "etcd_server_slow_apply_total",
            "The total number of slow apply requests (likely overloaded from slow disk).");
    slowBarriers =
        counter(
            "etcd_server_slow_read_indexes_total",
            "The total number of pending read indexes not in sync with leader's or timed out.");
    barrierReaders =
        histogram("metastore_read_barrier_readers", "Reads that shared a read barrier.", COUNTS);
    barrierSeconds =
        histogram(
            "metastore_read_barrier_duration_seconds", "Time to pass a read barrier.", SECONDS);
    barriersFailed =
        counter(
            "etcd_server_read_indexes_failed_total",
            "The total number of failed read indexes seen.");
    leaderChanges =
        counter("etcd_server_leader_changes_seen_total", "The number of leader changes seen.");
    leasesGranted =
        counter("etcd_debugging_lease_granted_total", "The total number of granted leases.");
    leasesRevoked =
        counter("etcd_debugging_lease_revoked_total", "The total number of revoked leases.");
    leasesRenewed =
        counter(
            "etcd_debugging_lease_renewed_total",
            "The number of renewed leases seen by the leader.");
    leasesExpired =
        counter("etcd_debugging_server_lease_expired_total", "The total number of expired leases.");
    peerRoundTrip =
        histogram(
            "etcd_network_peer_round_trip_time_seconds",
            "Round-Trip-Time histogram between peers.",
            PEER_SECONDS,
            "To");
    imagesInstalling =
        gauge(
            "etcd_server_snapshot_apply_in_progress_total",
            "1 if the server is applying the incoming snapshot. 0 if none.");
    // A counter's name would have to end with _total.
    learnersPromoted =
        gauge(
            "etcd_server_learner_promote_successes",
            "The total number of successful learner promotions while this member is leader.");
  }

  private Counter counter(String name, String help) {
    return Counter.builder().name(name).help(help).withoutExemplars().register(registry);
  }

  private Gauge gauge(String name, String help) {
    return Gauge.builder().name(name).help(help).withoutExemplars().register(registry);
  }

  private Histogram histogram(String name, String help, double[] bounds, String... labels) {
    return Histogram.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .classicOnly()
        .classicUpperBounds(bounds)
        .withoutExemplars()
        .register(registry);
  }

  private static double[] doubling(double first, int count) {
    double[] bounds = new double[count];
    for (int i = 0; i < count; i++) {
      bounds[i] = i == 0 ? first : bounds[i - 1] * 2;
    }
    return bounds;
  }

  @Override
  public void proposed(int proposals) {
    proposerBatch.observe(proposals);
  }

  @Override
  public void proposalFailed() {
    proposalsFailed.inc();
  }

  @Override
  public void applied(int proposals, long durationNanos) {
    applyBatch.observe(proposals);
    applySeconds.observe(durationNanos / NANOS_PER_SECOND);
    if (durationNanos > SLOW_APPLY_NANOS) {
      slowApplies.inc();
    }
  }

  @Override
  public void engineCommitted(long durationNanos) {
    engineCommit.observe(durationNanos / NANOS_PER_SECOND);
  }

  @Override
  public void logSynced(long durationNanos) {
    logSync.observe(durationNanos / NANOS_PER_SECOND);
  }

  @Override
  public void readBarrierPassed(int readers, long durationNanos) {
    barrierReaders.observe(readers);
    barrierSeconds.observe(durationNanos / NANOS_PER_SECOND);
    if (durationNanos > SLOW_BARRIER_NANOS) {
      slowBarriers.inc();
    }
  }

  @Override
  public void readBarrierFailed() {
    barriersFailed.inc();
  }

  @Override
  public void leaseGranted() {
    leasesGranted.inc();
  }

  @Override
  public void leaseRevoked() {
    leasesRevoked.inc();
  }

  @Override
  public void leaseRenewed() {
    leasesRenewed.inc();
  }

  @Override
  public void leaseExpired() {
    leasesExpired.inc();
  }

  @Override
  public void leaderChanged(boolean known) {
    if (known) {
      leaderChanges.inc();
    }
  }

  @Override
  public void heartbeatAnswered(long member, long durationNanos) {
    peerRoundTrip.labelValues(Long.toHexString(member)).observe(durationNanos / NANOS_PER_SECOND);
  }

  @Override
  public void imageInstalling(boolean begins) {
    imagesInstalling.inc(begins ? 1 : -1);
  }

  @Override
  public void learnerPromoted() {
    learnersPromoted.inc();
  }
}
