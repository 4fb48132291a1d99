/** The replicated state machine: MVCC over an ordered storage engine, in etcd's own messages. */
module io.metastore.core {
  requires transitive com.google.protobuf;
  requires transitive io.metastore.api;
  requires org.slf4j;
  requires static org.jspecify;

  exports io.metastore.core;
  exports io.metastore.core.message;
}
