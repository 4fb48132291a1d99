package io.metastore.raft;

import io.metastore.core.NodeMetrics;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.apache.ratis.metrics.LongCounter;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.Timekeeper;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.util.TimeDuration;

/**
 * Where Ratis puts its measurements: the time to force the log to disk and the time until a
 * heartbeat is answered go to the node's {@link NodeMetrics}, everything else is dropped
 * unmeasured. Ratis finds it as a service, one for all nodes of a JVM.
 *
 * <p>Thread-safe.
 */
public final class RatisMetrics extends MetricRegistries {
  private static final String LOG_FORCED_TIMER = "flushTime";

  /** Whose timers are of what a leader sends. */
  private static final String APPENDERS = "log_appender";

  /** There, what follows the id of the member that a heartbeat is sent to. */
  private static final String HEARTBEAT_TIMER = "_latency_heartbeat";

  private static final Map<String, NodeMetrics> RECEIVERS = new ConcurrentHashMap<>();

  /** Called by the service loader. */
  public RatisMetrics() {}

  /** Sends a member's figures to a receiver until {@link #forget}. */
  static void receive(String member, NodeMetrics receiver) {
    RECEIVERS.put(member, receiver);
  }

  static void forget(String member) {
    RECEIVERS.remove(member);
  }

  @Override
  public RatisMetricRegistry create(MetricRegistryInfo info) {
    return new Registry(info);
  }

  @Override
  public boolean remove(MetricRegistryInfo info) {
    return true;
  }

  @Override
  public Optional<RatisMetricRegistry> get(MetricRegistryInfo info) {
    return Optional.empty();
  }

  @Override
  public void clear() {}

  @Override
  public Set<MetricRegistryInfo> getMetricRegistryInfos() {
    return Set.of();
  }

  @Override
  public Collection<RatisMetricRegistry> getMetricRegistries() {
    return List.of();
  }

  @Override
  public void addReporterRegistration(
      Consumer<RatisMetricRegistry> started, Consumer<RatisMetricRegistry> stopped) {}

  @Override
  public void enableJmxReporter() {}

  @Override
  public void enableConsoleReporter(TimeDuration rate) {}

  private record Registry(MetricRegistryInfo info) implements RatisMetricRegistry {
    private static final Timekeeper UNTIMED = () -> () -> 0;

    @Override
    public Timekeeper timer(String name) {
      NodeMetrics receiver = RECEIVERS.getOrDefault(info.getPrefix(), NodeMetrics.NONE);
      if (name.equals(LOG_FORCED_TIMER)) {
        return timer(receiver::logSynced);
      }
      if (info.getMetricsComponentName().equals(APPENDERS) && name.endsWith(HEARTBEAT_TIMER)) {
        String id = name.substring(0, name.length() - HEARTBEAT_TIMER.length());
        long member = RatisIds.member(RaftPeerId.valueOf(id));
        return timer(elapsed -> receiver.heartbeatAnswered(member, elapsed));
      }
      return UNTIMED;
    }

    private static Timekeeper timer(LongConsumer receiver) {
      return () -> {
        long started = System.nanoTime();
        return () -> {
          long elapsed = System.nanoTime() - started;
          receiver.accept(elapsed);
          return elapsed;
        };
      };
    }

    @Override
    public LongCounter counter(String name) {
      return new Dropped();
    }

    @Override
    public boolean remove(String name) {
      return true;
    }

    @Override
    public <T> void gauge(String name, Supplier<Supplier<T>> gauge) {}

    @Override
    public MetricRegistryInfo getMetricRegistryInfo() {
      return info;
    }
  }

  /** Counts nothing. */
  private static final class Dropped implements LongCounter {
    @Override
    public void inc(long n) {}

    @Override
    public void dec(long n) {}

    @Override
    public long getCount() {
      return 0;
    }
  }
}
