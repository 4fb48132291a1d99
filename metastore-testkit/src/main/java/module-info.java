/**
 * Contract tests for storage engines, ours and third parties', and what holds an implementation of
 * the API against etcd's rules: a model with random programs, the guarantees of watches, and for
 * clusters the linearizability of histories and faults of the network.
 *
 * <p>A plug-in's author extends {@link io.metastore.testkit.storage.StorageEngineContract} in a
 * test of his own and runs it with JUnit.
 */
module io.metastore.testkit {
  requires transitive io.metastore.api;
  requires transitive org.junit.jupiter.api;
  requires org.junit.jupiter.params;
  requires jdk.management;
  requires static org.jspecify;

  exports io.metastore.testkit.history;
  exports io.metastore.testkit.model;
  exports io.metastore.testkit.network;
  exports io.metastore.testkit.storage;
  exports io.metastore.testkit.watch;

  // JUnit calls the nested test classes, which are nobody else's business.
  opens io.metastore.testkit.storage to
      org.junit.platform.commons;

  uses io.metastore.api.storage.StorageEngineProvider;
}
