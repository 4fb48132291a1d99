package io.metastore.api;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * How to connect to servers.
 *
 * @param endpoints the client URLs of the members of one cluster, at least one
 * @param requestTimeout how long a call waits for its answer
 */
public record ConnectOptions(List<URI> endpoints, Duration requestTimeout) {
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(7);

  /** Copies the list. */
  public ConnectOptions {
    endpoints = List.copyOf(endpoints);
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException("no endpoint");
    }
    for (URI endpoint : endpoints) {
      if (!"http".equals(endpoint.getScheme())
          || endpoint.getHost() == null
          || endpoint.getPort() == -1) {
        throw new IllegalArgumentException(endpoint + " is not of the form http://host:port");
      }
    }
  }

  /** Connects to the members of a cluster, each as {@code http://host:port}. */
  public static ConnectOptions to(String... endpoints) {
    return new ConnectOptions(Arrays.stream(endpoints).map(URI::create).toList(), REQUEST_TIMEOUT);
  }

  /** The same with another time to wait for answers. */
  public ConnectOptions withRequestTimeout(Duration timeout) {
    return new ConnectOptions(endpoints, timeout);
  }
}
