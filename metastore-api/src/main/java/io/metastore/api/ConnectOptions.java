package io.metastore.api;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How to connect to servers.
 *
 * @param endpoints the client URLs of the members of one cluster, at least one; all begin with
 *     {@code https} or all with {@code http}
 * @param requestTimeout how long a call waits for its answer
 * @param tls whom to trust and who this is, for {@code https}
 * @param user who this is, for clusters with auth
 */
public record ConnectOptions(
    List<URI> endpoints, Duration requestTimeout, Tls tls, Optional<User> user) {
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(7);
  private static final List<String> SCHEMES = List.of("http", "https");

  /** Copies the list; refuses what cannot be meant. */
  public ConnectOptions {
    endpoints = List.copyOf(Objects.requireNonNull(endpoints, "endpoints"));
    Objects.requireNonNull(requestTimeout, "requestTimeout");
    Objects.requireNonNull(tls, "tls");
    Objects.requireNonNull(user, "user");
    if (!requestTimeout.isPositive()) {
      throw new IllegalArgumentException("requestTimeout must be positive: " + requestTimeout);
    }
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException("no endpoint");
    }
    for (URI endpoint : endpoints) {
      if (!SCHEMES.contains(endpoint.getScheme())
          || endpoint.getHost() == null
          || endpoint.getPort() == -1) {
        throw new IllegalArgumentException(
            endpoint + " is not of the form http://host:port or https://host:port");
      }
      if (!endpoint.getScheme().equals(endpoints.getFirst().getScheme())) {
        throw new IllegalArgumentException("https and http endpoints are mixed: " + endpoints);
      }
    }
    if (!endpoints.getFirst().getScheme().equals("https") && !tls.equals(Tls.DEFAULT)) {
      throw new IllegalArgumentException("files for TLS, but endpoints without: " + endpoints);
    }
  }

  /**
   * Files for TLS, all PEM.
   *
   * @param trusted certificates of those who sign the servers'; empty for whom the JDK trusts
   * @param identity this client's own, for servers that ask for one
   */
  public record Tls(Optional<Path> trusted, Optional<Identity> identity) {
    private static final Tls DEFAULT = new Tls(Optional.empty(), Optional.empty());

    /** Refuses what is missing. */
    public Tls {
      Objects.requireNonNull(trusted, "trusted");
      Objects.requireNonNull(identity, "identity");
    }

    /** Whom the JDK trusts, and no certificate of one's own. */
    public static Tls ofJdk() {
      return DEFAULT;
    }
  }

  /**
   * A client's certificate.
   *
   * @param certificate with the chain of those who signed it
   * @param key its private key, PKCS#8, not encrypted
   */
  public record Identity(Path certificate, Path key) {
    /** Refuses what is missing. */
    public Identity {
      Objects.requireNonNull(certificate, "certificate");
      Objects.requireNonNull(key, "key");
    }
  }

  /**
   * A user of the cluster.
   *
   * @param name as it was added
   * @param password not told by {@link #toString()}
   */
  public record User(String name, String password) {
    /** Refuses what is missing. */
    public User {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(password, "password");
    }

    @Override
    public String toString() {
      return "User[" + name + "]";
    }
  }

  /**
   * Connects to the members of a cluster, each as {@code http://host:port} or {@code
   * https://host:port}.
   */
  public static ConnectOptions to(String... endpoints) {
    return new ConnectOptions(
        Arrays.stream(endpoints).map(URI::create).toList(),
        REQUEST_TIMEOUT,
        Tls.DEFAULT,
        Optional.empty());
  }

  /** The same with another time to wait for answers. */
  public ConnectOptions withRequestTimeout(Duration timeout) {
    return new ConnectOptions(endpoints, timeout, tls, user);
  }

  /** The same, trusting servers whose certificates those in a file have signed. */
  public ConnectOptions trusting(Path certificates) {
    return new ConnectOptions(
        endpoints, requestTimeout, new Tls(Optional.of(certificates), tls.identity()), user);
  }

  /** The same with a certificate that servers ask for. */
  public ConnectOptions identifiedBy(Path certificate, Path key) {
    return new ConnectOptions(
        endpoints,
        requestTimeout,
        new Tls(tls.trusted(), Optional.of(new Identity(certificate, key))),
        user);
  }

  /** The same as a user of a cluster with auth. */
  public ConnectOptions asUser(String name, String password) {
    return new ConnectOptions(
        endpoints, requestTimeout, tls, Optional.of(new User(name, password)));
  }
}
