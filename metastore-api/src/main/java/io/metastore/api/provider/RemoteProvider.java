package io.metastore.api.provider;

import io.metastore.api.ConnectOptions;
import io.metastore.api.Metastore;

/** Connects to stores elsewhere. Found by {@link java.util.ServiceLoader}; thread-safe. */
public interface RemoteProvider {
  /** Connects, as {@link Metastore#connect(ConnectOptions)} says. */
  Metastore connect(ConnectOptions options);
}
