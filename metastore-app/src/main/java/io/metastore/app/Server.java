package io.metastore.app;

import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.app.config.ServerConfig;
import io.metastore.app.metrics.ProcessGauges;
import io.metastore.app.metrics.ServerMetrics;
import io.metastore.app.port.Reservation;
import io.metastore.raft.Node;
import io.metastore.raft.NodeOptions;
import io.metastore.raft.StartException;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node and its client port. Thread-safe; several can run in one JVM.
 *
 * <p>It starts from the inside out and stops from the outside in: health says not serving, the port
 * refuses and drains, the node stops.
 */
public final class Server implements AutoCloseable {
  /** Starts the node; {@link Node#start} outside of tests. */
  @FunctionalInterface
  public interface NodeStarter {
    /** Starts a node. */
    Node start(NodeOptions options) throws StartException, InterruptedException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(Server.class);

  private final String name;
  private final Node node;
  private final ClientFront frontEnd;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final CompletableFuture<Void> terminated;

  private Server(String name, Node node, ClientFront frontEnd) {
    this.name = name;
    this.node = node;
    this.frontEnd = frontEnd;
    this.terminated = node.terminated().thenCompose(done -> closed);
  }

  /**
   * Starts a server.
   *
   * @throws StartException when it cannot start; nothing is left running, and nothing on disk was
   *     changed if the client port is the reason
   * @throws InterruptedException when interrupted meanwhile; nothing is left running
   */
  public static Server start(ServerConfig config, StorageEngineProvider storage, NodeStarter nodes)
      throws StartException, InterruptedException {
    ClientFront.Listen clients;
    Optional<ClientFront.Listen> scrapers = Optional.empty();
    List<InetSocketAddress> peer;
    // Not held while the node starts: clients are refused meanwhile, and go to another member,
    // where they would wait if something listened.
    try (Reservation reservation = new Reservation()) {
      clients = listen(reservation, config.spelled("listen-client-urls"), config.clientUrls());
      peer = reservation.take(config.spelled("listen-peer-urls"), config.peerUrls());
      if (!config.metricsUrls().isEmpty()) {
        String spelled = config.spelled("listen-metrics-urls");
        scrapers = Optional.of(listen(reservation, spelled, config.metricsUrls()));
      }
    }
    PrometheusRegistry registry = new PrometheusRegistry();
    ProcessGauges process = new ProcessGauges(registry);
    process.quota(config.upkeep().quotaBytes());
    Node node = nodes.start(options(config, storage, peer.getFirst(), new ServerMetrics(registry)));
    try {
      ClientFront frontEnd =
          ClientFront.open(
              node,
              clients,
              scrapers,
              registry,
              process,
              new ClientFront.Limits(
                  config.electionTimeout(),
                  config.requestTimeout(),
                  config.requestBytesMax(),
                  config.connections()),
              new ClientFront.Credentials(config.authTokenTtl(), config.bcryptCost()));
      Server server = new Server(config.name(), node, frontEnd);
      server.started(config);
      return server;
    } catch (StartException | RuntimeException e) {
      node.close();
      throw e;
    }
  }

  private static ClientFront.Listen listen(Reservation reservation, String spelled, List<URI> urls)
      throws StartException {
    return new ClientFront.Listen(spelled, reservation.take(spelled, urls));
  }

  private void started(ServerConfig config) {
    LOG.atInfo()
        .addKeyValue("name", name)
        .addKeyValue("client-addresses", frontEnd.addresses())
        .addKeyValue("peer-urls", config.peerUrls())
        .addKeyValue("data-dir", config.dataDirectory())
        .addKeyValue("storage", config.storage())
        .log("serving clients");
  }

  private static NodeOptions options(
      ServerConfig config,
      StorageEngineProvider storage,
      InetSocketAddress peerListen,
      ServerMetrics metrics) {
    return new NodeOptions(
        config.name(),
        config.dataDirectory(),
        storage,
        config.storageSettings(),
        Optional.of(peerListen),
        config.advertisePeerUrls(),
        config.advertiseClientUrls(),
        config.initialCluster(),
        config.clusterToken(),
        config.heartbeatInterval(),
        config.electionTimeout(),
        config.proposalQueueMax(),
        config.requestBytesMax(),
        config.txnOpsMax(),
        config.watchProgressInterval(),
        config.leaseCheckpoints(),
        Versions.ETCD_SERVER,
        metrics,
        config.upkeep(),
        config.cluster());
  }

  /** Where clients are served. */
  public List<InetSocketAddress> addresses() {
    return frontEnd.addresses();
  }

  /**
   * The server's end: completes after {@link #close}, or with the first failure that made the node
   * stop by itself, when the server is still to be closed.
   */
  public CompletableFuture<Void> terminated() {
    return terminated.copy();
  }

  /**
   * Stops the server. May be called any number of times from any threads: one stop happens, and all
   * callers return when it is done.
   */
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      closed.join();
      return;
    }
    try {
      LOG.atInfo().addKeyValue("name", name).log("stopping");
      frontEnd.close();
      LOG.atInfo().addKeyValue("name", name).log("client port closed");
      node.close();
      LOG.atInfo().addKeyValue("name", name).log("stopped");
    } finally {
      closed.complete(null);
    }
  }
}
