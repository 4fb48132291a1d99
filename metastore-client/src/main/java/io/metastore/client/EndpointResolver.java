package io.metastore.client;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The endpoints of a cluster as gRPC sees them: {@code metastore:///host:port,host:port}. They come
 * in another order each time, so that clients spread over the members.
 */
final class EndpointResolver extends NameResolver {
  private static final String SCHEME = "metastore";

  private final List<String> endpoints;
  private Listener2 listener = new Unheard();

  private EndpointResolver(List<String> endpoints) {
    this.endpoints = endpoints;
  }

  /** Found by gRPC's service loader. */
  public static final class Provider extends NameResolverProvider {
    private static final int PRIORITY = 5;

    /** Called by the service loader. */
    public Provider() {}

    @Override
    protected boolean isAvailable() {
      return true;
    }

    @Override
    protected int priority() {
      return PRIORITY;
    }

    @Override
    public String getDefaultScheme() {
      return SCHEME;
    }

    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args args) {
      return new EndpointResolver(Arrays.asList(target.getPath().substring(1).split(",")));
    }
  }

  /** The target of a channel to these endpoints. */
  static String target(List<URI> endpoints) {
    return SCHEME
        + ":///"
        + endpoints.stream()
            .map(endpoint -> endpoint.getHost() + ":" + endpoint.getPort())
            .collect(Collectors.joining(","));
  }

  @Override
  public String getServiceAuthority() {
    return endpoints.getFirst();
  }

  @Override
  public void start(Listener2 start) {
    listener = start;
    refresh();
  }

  @Override
  public void refresh() {
    List<EquivalentAddressGroup> groups = new ArrayList<>();
    for (String endpoint : endpoints) {
      int colon = endpoint.lastIndexOf(':');
      InetSocketAddress address =
          new InetSocketAddress(
              endpoint.substring(0, colon).replaceAll("[\\[\\]]", ""),
              Integer.parseInt(endpoint.substring(colon + 1)));
      if (!address.isUnresolved()) {
        // Each member's certificate is for its own name.
        groups.add(
            new EquivalentAddressGroup(
                address,
                Attributes.newBuilder()
                    .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, endpoint)
                    .build()));
      }
    }
    Collections.shuffle(groups);
    listener.onResult2(
        ResolutionResult.newBuilder()
            .setAddressesOrError(
                groups.isEmpty()
                    ? StatusOr.fromStatus(
                        Status.UNAVAILABLE.withDescription("no address for " + endpoints))
                    : StatusOr.fromValue(groups))
            .build());
  }

  @Override
  public void shutdown() {
    // Nothing is held.
  }

  /** Before the start. */
  private static final class Unheard extends Listener2 {
    @Override
    public void onResult(ResolutionResult result) {}

    @Override
    public void onError(Status error) {}
  }
}
