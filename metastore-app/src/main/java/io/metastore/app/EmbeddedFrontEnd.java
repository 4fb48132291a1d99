package io.metastore.app;

import io.metastore.app.metrics.ProcessGauges;
import io.metastore.app.port.ConnectionLimits;
import io.metastore.core.auth.TokenTable;
import io.metastore.raft.Node;
import io.metastore.raft.StartException;
import io.metastore.raft.embedded.FrontEndProvider;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Opens the client port beside a node that a program has embedded. Thread-safe. */
public final class EmbeddedFrontEnd implements FrontEndProvider {
  private static final int REQUEST_BYTES_MAX = 1536 * 1024;
  private static final int BCRYPT_COST = 10;

  /** Called by the service loader. */
  public EmbeddedFrontEnd() {}

  @Override
  public FrontEnd serve(
      Node node, InetSocketAddress address, Duration electionTimeout, Duration requestTimeout)
      throws StartException {
    PrometheusRegistry registry = new PrometheusRegistry();
    return ClientFront.open(
        node,
        new ClientFront.Listen("client address " + address, List.of(address)),
        Optional.empty(),
        registry,
        new ProcessGauges(registry),
        new ClientFront.Limits(
            electionTimeout, requestTimeout, REQUEST_BYTES_MAX, ConnectionLimits.defaults()),
        new ClientFront.Credentials(TokenTable.TTL_DEFAULT, BCRYPT_COST));
  }
}
