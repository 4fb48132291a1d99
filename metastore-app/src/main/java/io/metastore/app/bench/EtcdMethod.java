package io.metastore.app.bench;

/** The calls of etcd's services that are loaded here. */
enum EtcdMethod {
  PUT("KV/Put"),
  RANGE("KV/Range"),
  TXN("KV/Txn"),
  COMPACT("KV/Compact"),
  WATCH("Watch/Watch"),
  LEASE_GRANT("Lease/LeaseGrant"),
  LEASE_REVOKE("Lease/LeaseRevoke"),
  LEASE_KEEP_ALIVE("Lease/LeaseKeepAlive");

  private final String path;

  EtcdMethod(String path) {
    this.path = "/etcdserverpb." + path;
  }

  /** The HTTP/2 path of the call, with the leading slash. */
  String path() {
    return path;
  }
}
