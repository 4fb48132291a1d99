package io.metastore.app.http;

import io.metastore.app.Versions;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** {@code /version} and {@code /metrics}. */
public final class InfoEndpoints {
  private static final HttpReply VERSION =
      HttpReply.json(
          200,
          "{\"etcdserver\":\"%s\",\"etcdcluster\":\"%s\",\"storage\":\"%s\"}"
              .formatted(Versions.ETCD_SERVER, Versions.ETCD_CLUSTER, Versions.ETCD_STORAGE));

  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
  private final PrometheusRegistry registry;
  private final Executor scraping;

  /**
   * Endpoints of a server.
   *
   * @param registry what {@code /metrics} shows
   * @param scraping runs a scrape, which asks the engine for its figures and takes milliseconds
   */
  public InfoEndpoints(PrometheusRegistry registry, Executor scraping) {
    this.registry = registry;
    this.scraping = scraping;
  }

  /** The version, by path. */
  public Map<String, Endpoint> version() {
    return Map.of("/version", Router.readOnly(call -> CompletableFuture.completedFuture(VERSION)));
  }

  /** The metrics, by path. */
  public Map<String, Endpoint> metrics() {
    return Map.of(
        "/metrics", Router.readOnly(call -> CompletableFuture.supplyAsync(this::scrape, scraping)));
  }

  private HttpReply scrape() {
    try {
      ByteArrayOutputStream text = new ByteArrayOutputStream(64 * 1024);
      writer.write(text, registry.scrape());
      return new HttpReply(200, writer.getContentType(), text.toByteArray(), Map.of());
    } catch (IOException e) {
      throw new UncheckedIOException("a byte array refused to be written", e);
    }
  }
}
