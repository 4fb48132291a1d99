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
    List<URI> clients = found.get(Settings.LISTEN_CLIENT_URLS);
    Value clientValue = found.value(Settings.LISTEN_CLIENT_URLS);
    for (int i = 0; i < clients.size(); i++) {
      for (URI earlier : clients.subList(0, i)) {
        URI url = clients.get(i);
        if (collide(earlier, url)) {
          boolean includes = wildcard(url) && !wildcard(earlier);
          String which = includes ? url + " includes " + earlier : earlier + " includes " + url;
          throw clientValue.refuse(
              earlier.equals(url)
                  ? "must not name one address twice, " + url
                  : "must not name one address twice: " + which);
        }
      }
    }
    Value peerValue = found.value(Settings.LISTEN_PEER_URLS);
    for (URI peer : found.get(Settings.LISTEN_PEER_URLS)) {
      if (clients.stream().anyMatch(client -> collide(client, peer))) {
        // What the operator wrote is what is to be changed.
        Value wrong = peerValue.given() || !clientValue.given() ? peerValue : clientValue;
        Value other = wrong.equals(peerValue) ? clientValue : peerValue;
        throw wrong.refuse(
            "is also an address of " + other.spelled() + "; each needs a port of its own");
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
