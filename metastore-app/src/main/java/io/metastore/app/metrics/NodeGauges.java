package io.metastore.app.metrics;

import io.metastore.app.Versions;
import io.metastore.raft.Node;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** The figures that a running node is asked for at each scrape. */
public final class NodeGauges {
  /**
   * The state machine's own figures that mean what one of etcd's metrics means, by the name that
   * {@link Node#storeStatistics} gives them; the others are shown as {@code metastore_store}.
   */
  private static final List<EtcdMetric> ETCD =
      List.of(
          EtcdMetric.gauge(
              "revision", "etcd_debugging_mvcc_current_revision", "The current revision of store."),
          EtcdMetric.gauge(
              "compacted_revision",
              "etcd_debugging_mvcc_compact_revision",
              "The revision of the last compaction in store."),
          EtcdMetric.gauge("keys", "etcd_debugging_mvcc_keys_total", "Total number of keys."),
          EtcdMetric.gauge(
              "auth_revision",
              "etcd_debugging_auth_revision",
              "The current revision of auth store."),
          EtcdMetric.gauge(
              "put_bytes",
              "etcd_debugging_mvcc_total_put_size_in_bytes",
              "The total size of put kv pairs seen by this member."),
          EtcdMetric.counter(
              "puts", "etcd_mvcc_put_total", "Total number of puts seen by this member."),
          EtcdMetric.counter(
              "puts", "etcd_debugging_mvcc_put_total", "Total number of puts seen by this member."),
          EtcdMetric.counter(
              "deletes", "etcd_mvcc_delete_total", "Total number of deletes seen by this member."),
          EtcdMetric.counter(
              "deletes",
              "etcd_debugging_mvcc_delete_total",
              "Total number of deletes seen by this member."),
          EtcdMetric.counter(
              "ranges", "etcd_mvcc_range_total", "Total number of ranges seen by this member."),
          EtcdMetric.counter(
              "ranges",
              "etcd_debugging_mvcc_range_total",
              "Total number of ranges seen by this member."),
          EtcdMetric.counter(
              "txns", "etcd_mvcc_txn_total", "Total number of txns seen by this member."),
          EtcdMetric.counter(
              "txns", "etcd_debugging_mvcc_txn_total", "Total number of txns seen by this member."),
          EtcdMetric.gauge(
              "watches", "etcd_debugging_mvcc_watcher_total", "Total number of watchers."),
          EtcdMetric.gauge(
              "watch_streams",
              "etcd_debugging_mvcc_watch_stream_total",
              "Total number of watch streams."),
          EtcdMetric.gauge(
              "watches_slow",
              "etcd_debugging_mvcc_slow_watcher_total",
              "Total number of unsynced slow watchers."),
          EtcdMetric.counter(
              "watch_events_sent",
              "etcd_debugging_mvcc_events_total",
              "Total number of events sent by this member."),
          EtcdMetric.gauge(
              "watch_events_waiting",
              "etcd_debugging_mvcc_pending_events_total",
              "Total number of pending events to be sent."),
          EtcdMetric.gauge(
              "proposals_pending",
              "etcd_server_proposals_pending",
              "The current number of pending proposals to commit."));

  private record EtcdMetric(String figure, boolean isCounter, String name, String help) {
    static EtcdMetric gauge(String figure, String name, String help) {
      return new EtcdMetric(figure, false, name, help);
    }

    static EtcdMetric counter(String figure, String name, String help) {
      return new EtcdMetric(figure, true, name, help);
    }
  }

  private final PrometheusRegistry registry;
  private final Node node;

  private NodeGauges(PrometheusRegistry registry, Node node) {
    this.registry = registry;
    this.node = node;
  }

  /** Shows a node's figures in a registry. */
  public static void register(PrometheusRegistry registry, Node node) {
    NodeGauges gauges = new NodeGauges(registry, node);
    gauges.consensus();
    gauges.storage();
    gauges.store();
    gauges.identity();
  }

  private void consensus() {
    gauge(
        "etcd_server_has_leader",
        "Whether or not a leader exists. 1 is existence, 0 is not.",
        () -> node.consensus().hasLeader() ? 1 : 0);
    gauge(
        "etcd_server_is_leader",
        "Whether or not this member is a leader. 1 if is, 0 otherwise.",
        () -> node.consensus().isLeader() ? 1 : 0);
    gauge(
        "etcd_server_is_learner",
        "Whether or not this member is a learner. 1 if is, 0 otherwise.",
        () -> node.consensus().learner() ? 1 : 0);
    gauge(
        "etcd_server_proposals_committed_total",
        "The total number of consensus proposals committed.",
        () -> node.consensus().committedIndex());
    gauge(
        "etcd_server_proposals_applied_total",
        "The total number of consensus proposals applied.",
        () -> node.consensus().appliedIndex());
    gauge("metastore_raft_term", "Current Raft term.", () -> node.consensus().term());
  }

  private void storage() {
    gauge(
        "etcd_mvcc_db_total_size_in_bytes",
        "Total size of the underlying database physically allocated in bytes.",
        () -> node.storageSizes().totalBytes());
    gauge(
        "etcd_mvcc_db_total_size_in_use_in_bytes",
        "Total size of the underlying database logically in use in bytes.",
        () -> node.storageSizes().inUseBytes());
    named("metastore_storage", "A figure of the storage engine.", node::storageStatistics);
  }

  private void store() {
    for (EtcdMetric metric : ETCD) {
      DoubleSupplier value = () -> node.storeStatistics().getOrDefault(metric.figure(), 0L);
      if (metric.isCounter()) {
        counter(metric.name(), metric.help(), value);
      } else {
        gauge(metric.name(), metric.help(), value);
      }
    }
    named(
        "metastore_store",
        "A figure of the state machine.",
        () -> {
          Map<String, Long> others = new TreeMap<>(node.storeStatistics());
          ETCD.forEach(metric -> others.remove(metric.figure()));
          return others;
        });
  }

  private void identity() {
    String id = Long.toHexString(node.consensus().memberId());
    constant("etcd_server_id", "Server or member ID in hexadecimal format.", "server_id", id);
    constant(
        "etcd_server_version",
        "Which version is running. 1 for 'server_version' label with current version.",
        "server_version",
        Versions.ETCD_SERVER);
    constant(
        "etcd_cluster_version",
        "Which version is running. 1 for 'cluster_version' label with current cluster version",
        "cluster_version",
        Versions.ETCD_CLUSTER);
    Info.builder()
        .name("metastore_build_info")
        .help("The version of MetaStore.")
        .labelNames("version")
        .register(registry)
        .setLabelValues(Versions.metastore());
  }

  private void constant(String name, String help, String label, String value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(label)
        .callback(out -> out.call(1, value))
        .register(registry);
  }

  private void gauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(out -> out.call(value.getAsDouble()))
        .register(registry);
  }

  private void counter(String name, String help, DoubleSupplier value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(out -> out.call(value.getAsDouble()))
        .register(registry);
  }

  private void named(String name, String help, Supplier<Map<String, Long>> figures) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames("name")
        .callback(out -> figures.get().forEach((figure, value) -> out.call(value, figure)))
        .register(registry);
  }
}
