package io.metastore.app.metrics;

import io.metastore.app.Versions;
import io.metastore.raft.Node;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
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
  private static final Map<String, EtcdMetric> ETCD =
      Map.of(
          "revision",
          new EtcdMetric("etcd_debugging_mvcc_current_revision", "The current revision of store."),
          "compacted_revision",
          new EtcdMetric(
              "etcd_debugging_mvcc_compact_revision",
              "The revision of the last compaction in store."),
          "keys",
          new EtcdMetric("etcd_debugging_mvcc_keys_total", "Total number of keys."),
          "watches",
          new EtcdMetric("etcd_debugging_mvcc_watcher_total", "Total number of watchers."),
          "watch_streams",
          new EtcdMetric(
              "etcd_debugging_mvcc_watch_stream_total", "Total number of watch streams."),
          "watches_slow",
          new EtcdMetric(
              "etcd_debugging_mvcc_slow_watcher_total", "Total number of unsynced slow watchers."),
          "proposals_pending",
          new EtcdMetric(
              "etcd_server_proposals_pending",
              "The current number of pending proposals to commit."));

  private record EtcdMetric(String name, String help) {}

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
    ETCD.forEach(
        (figure, metric) -> {
          if (node.storeStatistics().containsKey(figure)) {
            gauge(
                metric.name(),
                metric.help(),
                () -> node.storeStatistics().getOrDefault(figure, 0L));
          }
        });
    named(
        "metastore_store",
        "A figure of the state machine.",
        () -> {
          Map<String, Long> others = new TreeMap<>(node.storeStatistics());
          others.keySet().removeAll(ETCD.keySet());
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

  private void named(String name, String help, Supplier<Map<String, Long>> figures) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames("name")
        .callback(out -> figures.get().forEach((figure, value) -> out.call(value, figure)))
        .register(registry);
  }
}
