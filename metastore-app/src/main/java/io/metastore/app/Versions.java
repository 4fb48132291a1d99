package io.metastore.app;

import java.lang.module.ModuleDescriptor;

/** The versions that are told to clients and operators. */
public final class Versions {
  /**
   * The version of etcd's API that is answered, in {@code Status} and {@code /version}. Clients
   * compare it as plain semver: kube-apiserver uses watch progress from 3.5.13 on, Patroni and
   * APISIX pick the gateway's prefix by it, etcdctl warns below 3.4.
   */
  public static final String ETCD_SERVER = "3.6.0";

  /** The version that all members of the cluster have in common, as etcd counts it. */
  public static final String ETCD_CLUSTER = "3.6.0";

  /** The version of etcd's storage schema; only shown. */
  public static final String ETCD_STORAGE = "3.6.0";

  private static final String UNPACKAGED = "development";

  private Versions() {}

  /** MetaStore's own version, from the jar it is in. */
  public static String metastore() {
    String version = Versions.class.getPackage().getImplementationVersion();
    if (version != null) {
      return version;
    }
    ModuleDescriptor module = Versions.class.getModule().getDescriptor(); // null on the class path
    return module == null ? UNPACKAGED : module.rawVersion().orElse(UNPACKAGED);
  }
}
