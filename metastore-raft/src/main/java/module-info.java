/** Consensus by Apache Ratis, and the composition of a whole node for embedding. */
module io.metastore.raft {
  requires transitive io.metastore.core;
  requires org.apache.ratis;
  requires org.slf4j;
  requires static com.google.errorprone.annotations;
  requires static org.jspecify;

  exports io.metastore.raft;
  exports io.metastore.raft.embedded;

  // Ratis makes PromptRpc and NoPeersRpc by their names.
  opens io.metastore.raft to
      org.apache.ratis;

  uses io.metastore.api.storage.StorageEngineProvider;
  uses io.metastore.raft.embedded.FrontEndProvider;

  provides io.metastore.api.provider.EmbeddedProvider with
      io.metastore.raft.embedded.NodeProvider;
  provides org.apache.ratis.metrics.MetricRegistries with
      io.metastore.raft.RatisMetrics;
}
