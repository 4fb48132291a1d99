/** The replicated state machine: MVCC over an ordered storage engine, in etcd's own messages. */
// Qualified exports name modules that are built after this one.
@SuppressWarnings("module")
module io.metastore.core {
  requires transitive com.google.protobuf;
  requires transitive io.metastore.api;
  requires static org.jspecify;
  requires org.slf4j;

  exports io.metastore.core;
  exports io.metastore.core.apply to
      io.metastore.raft;
  exports io.metastore.core.auth;
  exports io.metastore.core.compact to
      io.metastore.raft;
  exports io.metastore.core.lease to
      io.metastore.raft;
  exports io.metastore.core.member;
  exports io.metastore.core.message;
  exports io.metastore.core.mvcc to
      io.metastore.raft;
  exports io.metastore.core.quota to
      io.metastore.raft;
  exports io.metastore.core.task to
      io.metastore.app,
      io.metastore.raft;
  exports io.metastore.core.typed to
      io.metastore.client,
      io.metastore.raft;
  exports io.metastore.core.watch;
}
