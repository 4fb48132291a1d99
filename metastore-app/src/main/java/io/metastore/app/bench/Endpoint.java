package io.metastore.app.bench;

/** A server's client address as written on the command line. */
record Endpoint(String host, int port) {
  /**
   * Reads {@code host:port}; a leading {@code http://} is accepted since etcd's tools take it.
   *
   * @throws IllegalArgumentException with the reason, fit for a user's eyes
   */
  static Endpoint of(String text) {
    String address = text.startsWith("http://") ? text.substring("http://".length()) : text;
    int colon = address.lastIndexOf(':');
    String digits = address.substring(colon + 1);
    if (colon < 1 || !digits.matches("\\d{1,5}") || address.contains("/")) {
      throw new IllegalArgumentException("'" + text + "' is not host:port");
    }
    int port = Integer.parseInt(digits);
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("'" + text + "' has no port between 1 and 65535");
    }
    String host = address.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    return new Endpoint(bracketed ? host.substring(1, host.length() - 1) : host, port);
  }

  @Override
  public String toString() {
    return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
  }
}
