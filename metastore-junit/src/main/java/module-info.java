/** A JUnit extension that gives tests a store of their own, for any etcd client. */
module io.metastore.junit {
  requires io.metastore.raft;
  requires io.metastore.testkit;
  requires transitive io.metastore.api;
  requires transitive org.junit.jupiter.api;
  requires static org.jspecify;

  exports io.metastore.junit;

  // JUnit makes the extension, which is nobody else's business.
  opens io.metastore.junit to
      org.junit.platform.commons;
}
