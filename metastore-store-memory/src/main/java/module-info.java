module io.metastore.store.memory {
  requires io.metastore.api;
  requires static org.jspecify;
}
