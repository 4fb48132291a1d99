package io.metastore.app.port;

import java.time.Duration;

/**
 * What connections of clients are held to.
 *
 * @param clientPingMin a client that pings more often is disconnected
 * @param ping after so much silence a client is asked whether it is there; zero for never
 * @param pingTimeout how long it has for the answer
 * @param callsMax calls of one connection at a time
 */
public record ConnectionLimits(
    Duration clientPingMin, Duration ping, Duration pingTimeout, int callsMax) {
  /** As etcd has them. */
  public static ConnectionLimits defaults() {
    return new ConnectionLimits(
        Duration.ofSeconds(5), Duration.ofHours(2), Duration.ofSeconds(20), Integer.MAX_VALUE);
  }
}
