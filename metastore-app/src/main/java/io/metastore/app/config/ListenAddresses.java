package io.metastore.app.config;

import java.net.URI;
import java.util.List;
import java.util.Locale;

/** Whether the addresses that a server is to listen on leave each other room. */
final class ListenAddresses {
  private ListenAddresses() {}

  /**
   * Checks that no address is there twice, as far as their spelling tells.
   *
   * @throws ConfigException when one is
   */
  static void check(Resolution found) throws ConfigException {
    Value clients = found.value(Settings.LISTEN_CLIENT_URLS);
    Value peers = found.value(Settings.LISTEN_PEER_URLS);
    Value metrics = found.value(Settings.LISTEN_METRICS_URLS);
    List<URI> clientUrls = found.get(Settings.LISTEN_CLIENT_URLS);
    List<URI> peerUrls = found.get(Settings.LISTEN_PEER_URLS);
    List<URI> metricsUrls = ofMetrics(found);
    checkDistinct(clients, clientUrls);
    checkDistinct(metrics, metricsUrls);
    checkApart(clients, clientUrls, peers, peerUrls);
    checkApart(clients, clientUrls, metrics, metricsUrls);
    checkApart(peers, peerUrls, metrics, metricsUrls);
  }

  /** Where health and metrics are served besides the client port. */
  static List<URI> ofMetrics(Resolution found) throws ConfigException {
    return found.value(Settings.LISTEN_METRICS_URLS).text().isEmpty()
        ? List.of()
        : found.get(Settings.LISTEN_METRICS_URLS);
  }

  private static void checkDistinct(Value value, List<URI> urls) throws ConfigException {
    for (int i = 0; i < urls.size(); i++) {
      for (URI earlier : urls.subList(0, i)) {
        URI url = urls.get(i);
        if (collide(earlier, url)) {
          boolean includes = wildcard(url) && !wildcard(earlier);
          String which = includes ? url + " includes " + earlier : earlier + " includes " + url;
          throw value.refuse(
              earlier.equals(url)
                  ? "must not name one address twice, " + url
                  : "must not name one address twice: " + which);
        }
      }
    }
  }

  private static void checkApart(Value one, List<URI> urls, Value another, List<URI> others)
      throws ConfigException {
    for (URI url : others) {
      if (urls.stream().anyMatch(first -> collide(first, url))) {
        // What the operator wrote is what is to be changed.
        Value wrong = another.given() || !one.given() ? another : one;
        Value right = wrong.equals(another) ? one : another;
        throw wrong.refuse(
            "is also an address of " + right.spelled() + "; each needs a port of its own");
      }
    }
  }

  private static boolean collide(URI one, URI other) {
    return one.getPort() == other.getPort()
        && (wildcard(one) || wildcard(other) || host(one).equals(host(other)));
  }

  private static String host(URI url) {
    return url.getHost().toLowerCase(Locale.ROOT);
  }

  /** Whether a URL is every address of this machine. */
  static boolean wildcard(URI url) {
    return url.getHost().equals("0.0.0.0") || url.getHost().equals("[::]");
  }
}
