package io.metastore.app.bench;

/** The two calls of etcd's {@code KV} service that are loaded here. */
enum KvMethod {
  PUT("/etcdserverpb.KV/Put"),
  RANGE("/etcdserverpb.KV/Range");

  private final String path;

  KvMethod(String path) {
    this.path = path;
  }

  /** The HTTP/2 path of the call, with the leading slash. */
  String path() {
    return path;
  }
}
