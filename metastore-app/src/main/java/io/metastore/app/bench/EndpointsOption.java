package io.metastore.app.bench;

import java.util.List;
import picocli.CommandLine.Option;

/** Where the servers are. */
final class EndpointsOption {
  @Option(
      names = "--endpoints",
      paramLabel = "<host:port>",
      split = ",",
      defaultValue = "127.0.0.1:2379",
      converter = OptionValues.Address.class,
      description = "Servers, separated by commas; connections take turns (${DEFAULT-VALUE}).")
  private List<Endpoint> endpoints = List.of();

  List<Endpoint> list() {
    return endpoints;
  }
}
