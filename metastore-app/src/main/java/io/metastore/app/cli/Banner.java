package io.metastore.app.cli;

import io.metastore.app.Versions;
import io.metastore.app.config.LogFormat;
import io.metastore.app.config.ServerConfig;
import java.io.PrintStream;
import java.net.URI;
import java.util.List;

/** What a server says on standard output once it serves: where it is and what to try. */
final class Banner {
  private Banner() {}

  /** Prints the block, unless the log is for machines, whose readers want no prose. */
  static void print(ServerConfig config, PrintStream out) {
    if (config.logFormat() == LogFormat.JSON) {
      return;
    }
    String endpoint = config.advertiseClientUrls().getFirst().getAuthority();
    out.println(
        """

        MetaStore %s is serving as %s, in a cluster of %d

          clients  %s  (etcd v3 API over gRPC; HTTP/1.1: /health, /metrics, ...)
          peers    %s
          data     %s  (%s engine)

          Try      etcdctl --endpoints=%s put hello world
        """
            .formatted(
                Versions.metastore(),
                config.name(),
                config.initialCluster().size(),
                list(config.clientUrls()),
                list(config.peerUrls()),
                config.dataDirectory(),
                config.storage(),
                endpoint));
    out.flush();
  }

  private static String list(List<URI> urls) {
    return String.join(", ", urls.stream().map(URI::toString).toList());
  }
}
