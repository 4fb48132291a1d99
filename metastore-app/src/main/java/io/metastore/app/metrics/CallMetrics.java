package io.metastore.app.metrics;

import io.grpc.Status;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Counts gRPC calls. Thread-safe; counting is one addition. */
public final class CallMetrics {
  private static final int CODES = Status.Code.values().length;

  /** Versions of clients that are told apart; whatever a client sends is a series of its own. */
  private static final int VERSIONS_MAX = 100;

  private static final String NO_VERSION = "unknown";
  private static final String OTHER_VERSION = "other";

  private final List<Method> methods = new CopyOnWriteArrayList<>();
  private final Map<String, LongAdder> unaryRequests = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> streamRequests = new ConcurrentHashMap<>();
  private final LongAdder receivedBytes = new LongAdder();
  private final LongAdder sentBytes = new LongAdder();

  /** Registers the counters. */
  public CallMetrics(PrometheusRegistry registry) {
    CounterWithCallback.builder()
        .name("grpc_server_started_total")
        .help("Total number of RPCs started on the server.")
        .labelNames("grpc_type", "grpc_service", "grpc_method")
        .callback(
            out ->
                methods.forEach(m -> out.call(m.started.doubleValue(), m.type, m.service, m.name)))
        .register(registry);
    CounterWithCallback.builder()
        .name("grpc_server_handled_total")
        .help("Total number of RPCs completed on the server, regardless of success or failure.")
        .labelNames("grpc_type", "grpc_service", "grpc_method", "grpc_code")
        .callback(out -> methods.forEach(m -> m.handled(out)))
        .register(registry);
    messages(registry, "received", method -> method.received);
    messages(registry, "sent", method -> method.sent);
    CounterWithCallback.builder()
        .name("etcd_server_client_requests_total")
        .help("The total number of client requests per client version.")
        .labelNames("type", "client_api_version")
        .callback(
            out -> {
              unaryRequests.forEach(
                  (version, count) -> out.call(count.doubleValue(), "unary", version));
              streamRequests.forEach(
                  (version, count) -> out.call(count.doubleValue(), "stream", version));
            })
        .register(registry);
    CounterWithCallback.builder()
        .name("etcd_network_client_grpc_received_bytes_total")
        .help("The total number of bytes received from grpc clients.")
        .callback(out -> out.call(receivedBytes.doubleValue()))
        .register(registry);
    CounterWithCallback.builder()
        .name("etcd_network_client_grpc_sent_bytes_total")
        .help("The total number of bytes sent to grpc clients.")
        .callback(out -> out.call(sentBytes.doubleValue()))
        .register(registry);
  }

  private void messages(
      PrometheusRegistry registry, String way, Function<Method, LongAdder> messages) {
    CounterWithCallback.builder()
        .name("grpc_server_msg_" + way + "_total")
        .help("Total number of stream messages " + way + " on the server.")
        .labelNames("grpc_type", "grpc_service", "grpc_method")
        .callback(
            out ->
                methods.forEach(
                    m -> out.call(messages.apply(m).doubleValue(), m.type, m.service, m.name)))
        .register(registry);
  }

  /** The counters of one unary method; to be asked for once. */
  public Method method(String service, String name) {
    return method("unary", service, name);
  }

  /**
   * The counters of one method; to be asked for once.
   *
   * @param type as Go's metrics name it: {@code unary}, {@code server_stream}, {@code bidi_stream}
   */
  public Method method(String type, String service, String name) {
    Method method = new Method(type, service, name);
    methods.add(method);
    return method;
  }

  /** The counters of one method. */
  public final class Method {
    private final String type;
    private final String service;
    private final String name;
    private final LongAdder started = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder[] handled = new LongAdder[CODES];

    private final Map<String, LongAdder> requests;

    private Method(String type, String service, String name) {
      this.type = type;
      this.service = service;
      this.name = name;
      this.requests = type.equals("unary") ? unaryRequests : streamRequests;
      for (int i = 0; i < CODES; i++) {
        handled[i] = new LongAdder();
      }
    }

    /**
     * A call began.
     *
     * @param apiVersion that the client says it was made for; null when it says nothing
     */
    public void started(@Nullable String apiVersion) {
      started.increment();
      String version = apiVersion == null ? NO_VERSION : apiVersion;
      LongAdder count = requests.get(version);
      if (count == null) {
        String told = requests.size() < VERSIONS_MAX ? version : OTHER_VERSION;
        count = requests.computeIfAbsent(told, first -> new LongAdder());
      }
      count.increment();
    }

    /** A request of this many bytes came. */
    public void received(int bytes) {
      received.increment();
      receivedBytes.add(bytes);
    }

    /** A response of this many bytes goes. */
    public void sent(int bytes) {
      sent.increment();
      sentBytes.add(bytes);
    }

    /** A call ended. */
    public void handled(Status.Code code) {
      handled[code.value()].increment();
    }

    private void handled(CounterWithCallback.Callback out) {
      for (Status.Code code : Status.Code.values()) {
        double count = handled[code.value()].doubleValue();
        // OK is always there, so that a rate over it has a zero to begin with.
        if (count > 0 || code == Status.Code.OK) {
          out.call(count, type, service, name, GoCodes.name(code));
        }
      }
    }
  }
}
