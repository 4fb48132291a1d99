package io.metastore.app.metrics;

import com.sun.management.UnixOperatingSystemMXBean;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/**
 * What etcd shows of the process and its settings. All are gauges, also those that only grow: a
 * counter of this library's would get {@code _total} behind a name that etcd has without.
 * Thread-safe.
 */
public final class ProcessGauges {
  private static final long QUOTA_DEFAULT_BYTES = 2L << 30;

  private final LongAdder healthy = new LongAdder();
  private final LongAdder unhealthy = new LongAdder();
  private final PrometheusRegistry registry;

  /** Registers what needs no setting. */
  public ProcessGauges(PrometheusRegistry registry) {
    this.registry = registry;
    gauge(
        "etcd_server_health_success",
        "The total number of successful health checks",
        healthy::doubleValue);
    gauge(
        "etcd_server_health_failures",
        "The total number of failed health checks",
        unhealthy::doubleValue);
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
      gauge(
          "os_fd_used", "The number of used file descriptors.", system::getOpenFileDescriptorCount);
      gauge("os_fd_limit", "The file descriptor limit.", system::getMaxFileDescriptorCount);
    }
  }

  /**
   * Shows the quota.
   *
   * @param bytes 0 is etcd's default, a negative number none, which etcd shows as 0
   */
  public void quota(long bytes) {
    double shown = bytes == 0 ? QUOTA_DEFAULT_BYTES : Math.max(0, bytes);
    gauge(
        "etcd_server_quota_backend_bytes",
        "Current backend storage quota size in bytes.",
        () -> shown);
  }

  /** A health check was answered. */
  public void healthChecked(boolean passed) {
    (passed ? healthy : unhealthy).increment();
  }

  private void gauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(out -> out.call(value.getAsDouble()))
        .register(registry);
  }
}
