package io.metastore.app.config;

/** Whether a member with an empty data directory makes a new cluster or joins one. */
public enum ClusterState {
  NEW,
  EXISTING
}
