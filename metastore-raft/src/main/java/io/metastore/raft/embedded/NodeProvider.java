package io.metastore.raft.embedded;

import io.metastore.api.ErrorCode;
import io.metastore.api.Metastore;
import io.metastore.api.MetastoreException;
import io.metastore.api.OpenOptions;
import io.metastore.api.RefusedException;
import io.metastore.api.provider.EmbeddedProvider;
import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.core.NodeMetrics;
import io.metastore.core.typed.NodeCalls;
import io.metastore.core.typed.TypedMetastore;
import io.metastore.raft.ClusterOptions;
import io.metastore.raft.InstalledEngines;
import io.metastore.raft.Node;
import io.metastore.raft.NodeOptions;
import io.metastore.raft.StartException;
import io.metastore.raft.UpkeepOptions;
import io.metastore.raft.embedded.FrontEndProvider.FrontEnd;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Opens nodes as stores. */
public final class NodeProvider implements EmbeddedProvider {
  /** The version of the etcd API that a node answers, as {@code metastore-app} tells it too. */
  private static final String ETCD_VERSION = "3.6.0";

  private static final int PROPOSAL_QUEUE_MAX = 1000;
  private static final int REQUEST_BYTES_MAX = 1536 * 1024;
  private static final int TXN_OPS_MAX = 128;
  private static final Duration WATCH_PROGRESS = Duration.ofMinutes(10);

  /** Called by the service loader. */
  public NodeProvider() {}

  /**
   * A store with what is behind it.
   *
   * @param store the store, whose close closes the node
   * @param node the node
   */
  public record Member(Metastore store, Node node) {}

  @Override
  public Metastore open(OpenOptions options) {
    return openMember(options).store();
  }

  /**
   * Opens a store whose node can be reached too.
   *
   * @throws RefusedException when it cannot be opened; nothing is left running
   */
  public static Member openMember(OpenOptions options) {
    StorageEngineProvider engine = engine(options.storage());
    Optional<FrontEndProvider> frontEnds = options.clients().map(address -> frontEnds());
    try {
      Optional<InetSocketAddress> clients = FreePort.resolve(options.clients());
      Optional<TemporaryDirectory> temporary =
          options.directory().isPresent()
              ? Optional.empty()
              : Optional.of(TemporaryDirectory.make());
      Path directory =
          options.directory().or(() -> temporary.map(TemporaryDirectory::path)).orElseThrow();
      try {
        return open(options, engine, directory, clients, frontEnds, temporary);
      } catch (StartException | InterruptedException | RuntimeException | Error e) {
        temporary.ifPresent(TemporaryDirectory::close);
        throw e;
      }
    } catch (StartException e) {
      throw refused(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw refused("no temporary directory: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw MetastoreException.of(ErrorCode.CANCELED);
    }
  }

  private static Member open(
      OpenOptions options,
      StorageEngineProvider engine,
      Path directory,
      Optional<InetSocketAddress> clients,
      Optional<FrontEndProvider> frontEnds,
      Optional<TemporaryDirectory> temporary)
      throws StartException, InterruptedException {
    List<URI> endpoints = clients.map(NodeProvider::url).stream().toList();
    Node node = Node.start(nodeOptions(options, engine, directory, endpoints));
    Optional<FrontEnd> frontEnd;
    try {
      if (options.member().initialCluster().size() == 1
          && !node.awaitReady(options.requestTimeout())) {
        throw new StartException("not ready within " + options.requestTimeout());
      }
      frontEnd =
          frontEnds.isEmpty()
              ? Optional.empty()
              : Optional.of(
                  frontEnds
                      .get()
                      .serve(
                          node,
                          clients.orElseThrow(),
                          options.member().electionTimeout(),
                          options.requestTimeout()));
    } catch (StartException | InterruptedException | RuntimeException | Error e) {
      node.close();
      throw e;
    }
    Metastore store =
        new TypedMetastore(
            new NodeCalls(node.store()),
            options.requestTimeout(),
            endpoints,
            node.terminated(),
            () -> close(frontEnd, node, temporary));
    return new Member(store, node);
  }

  private static void close(
      Optional<FrontEnd> frontEnd, Node node, Optional<TemporaryDirectory> temporary) {
    try {
      frontEnd.ifPresent(FrontEnd::close);
    } finally {
      try {
        node.close();
      } finally {
        temporary.ifPresent(TemporaryDirectory::close);
      }
    }
  }

  private static NodeOptions nodeOptions(
      OpenOptions options, StorageEngineProvider engine, Path directory, List<URI> endpoints)
      throws StartException {
    OpenOptions.Member member = options.member();
    String token = member.clusterToken();
    if (member.equals(OpenOptions.Member.alone())) {
      try {
        token = ClusterToken.of(directory, token);
      } catch (IOException e) {
        throw new StartException("data-dir: " + directory + " cannot be used: " + e, e);
      }
    }
    return new NodeOptions(
        member.name(),
        directory,
        engine,
        options.storageSettings(),
        Optional.of(member.peerListen()).filter(address -> address.getPort() != 0),
        List.of(member.peerUrl()),
        endpoints,
        member.initialCluster(),
        token,
        member.heartbeatInterval(),
        member.electionTimeout(),
        PROPOSAL_QUEUE_MAX,
        REQUEST_BYTES_MAX,
        TXN_OPS_MAX,
        WATCH_PROGRESS,
        false,
        ETCD_VERSION,
        NodeMetrics.NONE,
        new UpkeepOptions(
            options.upkeep().history(),
            options.upkeep().revisions(),
            options.upkeep().quotaBytes(),
            options.upkeep().recovers()),
        ClusterOptions.defaults());
  }

  private static URI url(InetSocketAddress address) {
    String host = address.getHostString();
    return URI.create(
        "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort());
  }

  private static StorageEngineProvider engine(String name) {
    InstalledEngines installed = InstalledEngines.find();
    return installed.named(name).orElseThrow(() -> unknown(name, installed));
  }

  private static RefusedException unknown(String name, InstalledEngines installed) {
    StringBuilder why =
        new StringBuilder("storage: there is no engine ")
            .append(name)
            .append("; installed: ")
            .append(installed.names())
            .append("; add metastore-store-")
            .append(name)
            .append(" to the module path or class path");
    installed.warnings().forEach(warning -> why.append("; ").append(warning));
    return refused(why.toString());
  }

  private static FrontEndProvider frontEnds() {
    try {
      return ServiceLoader.load(FrontEndProvider.class)
          .findFirst()
          .or(
              () ->
                  ServiceLoader.load(FrontEndProvider.class, NodeProvider.class.getClassLoader())
                      .findFirst())
          .orElseThrow(
              () -> refused("a port for clients needs metastore-app on the module or class path"));
    } catch (ServiceConfigurationError e) {
      throw refused("a port for clients cannot be opened: " + InstalledEngines.reason(e));
    }
  }

  private static RefusedException refused(String why) {
    return new RefusedException(ErrorCode.OTHER, why);
  }
}
