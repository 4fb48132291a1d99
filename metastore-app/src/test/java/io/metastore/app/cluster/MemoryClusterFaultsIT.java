package io.metastore.app.cluster;

final class MemoryClusterFaultsIT extends ClusterFaults {
  MemoryClusterFaultsIT() {
    super("memory");
  }
}
