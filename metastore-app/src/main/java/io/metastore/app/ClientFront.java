package io.metastore.app;

import io.metastore.app.auth.Passwords;
import io.metastore.app.grpc.EtcdServices;
import io.metastore.app.http.Endpoint;
import io.metastore.app.http.HealthEndpoints;
import io.metastore.app.http.HttpConnections;
import io.metastore.app.http.InfoEndpoints;
import io.metastore.app.http.Router;
import io.metastore.app.metrics.CallMetrics;
import io.metastore.app.metrics.NodeGauges;
import io.metastore.app.metrics.ProcessGauges;
import io.metastore.app.port.ClientPort;
import io.metastore.app.port.ConnectionLimits;
import io.metastore.app.port.HttpPort;
import io.metastore.raft.Node;
import io.metastore.raft.StartException;
import io.metastore.raft.embedded.FrontEndProvider;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * What clients see of a node: its port, with gRPC and HTTP. The node is the caller's. Thread-safe;
 * to be closed once.
 */
final class ClientFront implements FrontEndProvider.FrontEnd {
  /** Calls under way may take this long when the server stops; the node needs the rest of 5 s. */
  private static final Duration DRAIN = Duration.ofMillis(1500);

  /** A scrape under way may take this long; it waits for nobody. */
  private static final Duration METRICS_DRAIN = Duration.ofMillis(200);

  /**
   * Addresses to listen on.
   *
   * @param spelled their setting as the operator wrote it
   * @param addresses what it came to
   */
  record Listen(String spelled, List<InetSocketAddress> addresses) {}

  /**
   * Limits of calls.
   *
   * @param electionTimeout the node's
   * @param requestTimeout longest time of a call
   * @param requestBytesMax largest request
   * @param connections what each connection is held to
   */
  record Limits(
      Duration electionTimeout,
      Duration requestTimeout,
      int requestBytesMax,
      ConnectionLimits connections) {}

  /**
   * How clients are authenticated.
   *
   * @param tokenTtl how long a token counts after it was used last
   * @param bcryptCost of the hashes of new passwords
   */
  record Credentials(Duration tokenTtl, int bcryptCost) {}

  private final ClientPort port;
  private final Optional<HttpPort> metrics;
  private final EtcdServices services;
  private final AtomicBoolean serving;
  private final ExecutorService scraping;
  private final Passwords passwords;

  private ClientFront(
      ClientPort port,
      Optional<HttpPort> metrics,
      EtcdServices services,
      AtomicBoolean serving,
      ExecutorService scraping,
      Passwords passwords) {
    this.port = port;
    this.metrics = metrics;
    this.services = services;
    this.serving = serving;
    this.scraping = scraping;
    this.passwords = passwords;
  }

  /**
   * Opens the ports.
   *
   * @param clients where everything is served
   * @param scrapers where health and metrics are served as well
   * @param registry of the node's measurements, which those of calls join
   * @param process counts health checks
   * @throws StartException when an address cannot be listened on
   */
  static ClientFront open(
      Node node,
      Listen clients,
      Optional<Listen> scrapers,
      PrometheusRegistry registry,
      ProcessGauges process,
      Limits limits,
      Credentials credentials)
      throws StartException {
    // Scrapes are few, ask native code for figures, and end with the server.
    ExecutorService scraping = Executors.newVirtualThreadPerTaskExecutor();
    Passwords passwords = new Passwords(credentials.bcryptCost());
    node.auth().tokenTtl(credentials.tokenTtl());
    try {
      NodeGauges.register(registry, node);
      BooleanSupplier leaderKnown = () -> node.consensus().hasLeader();
      AtomicBoolean serving = new AtomicBoolean(true);
      EtcdServices services =
          new EtcdServices(
              new EtcdServices.Sources(node.store(), node.cluster(), node.auth(), passwords),
              () -> node.consensus().learner(),
              leaderKnown,
              limits.electionTimeout(),
              limits.requestTimeout(),
              limits.requestBytesMax(),
              new CallMetrics(registry));
      InfoEndpoints info = new InfoEndpoints(registry, scraping);
      Map<String, Endpoint> watched = new HashMap<>(info.metrics());
      watched.putAll(
          new HealthEndpoints(
                  node.store(),
                  leaderKnown,
                  () -> node.consensus().learner(),
                  serving::get,
                  process::healthChecked,
                  limits.requestTimeout())
              .endpoints());
      Map<String, Endpoint> all = new HashMap<>(info.version());
      all.putAll(watched);
      Optional<HttpPort> metrics = Optional.empty();
      if (scrapers.isPresent()) {
        HttpConnections http = new HttpConnections(new Router(watched));
        Listen listen = scrapers.get();
        metrics = Optional.of(HttpPort.open(listen.spelled(), listen.addresses(), http));
      }
      try {
        ClientPort port =
            ClientPort.open(
                clients.addresses(),
                services.definitions(),
                new HttpConnections(new Router(all)),
                EtcdServices.messageBytesMax(limits.requestBytesMax()),
                limits.connections(),
                clients.spelled());
        return new ClientFront(port, metrics, services, serving, scraping, passwords);
      } catch (StartException | RuntimeException e) {
        metrics.ifPresent(http -> http.close(Duration.ZERO));
        throw e;
      }
    } catch (StartException | RuntimeException e) {
      scraping.shutdownNow();
      passwords.close();
      throw e;
    }
  }

  /** Where clients are served. */
  List<InetSocketAddress> addresses() {
    return port.addresses();
  }

  /** Health says not serving, the ports refuse and drain. */
  @Override
  public void close() {
    try {
      serving.set(false);
      services.stopServing();
      port.close(DRAIN);
      services.close();
    } finally {
      metrics.ifPresent(http -> http.close(METRICS_DRAIN));
      passwords.close();
      scraping.shutdownNow();
    }
  }
}
