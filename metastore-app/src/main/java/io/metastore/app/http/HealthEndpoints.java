package io.metastore.app.http;

import com.google.protobuf.ByteString;
import io.metastore.app.logging.JsonText;
import io.metastore.core.MetadataStore;
import io.metastore.core.message.AlarmMember;
import io.metastore.core.message.AlarmType;
import io.metastore.core.message.RangeRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * {@code /health}, {@code /livez}, {@code /readyz} and their sub-paths. Source: etcd {@code
 * server/etcdserver/api/etcdhttp/health.go}.
 */
public final class HealthEndpoints {
  /** Any key will do: what is asked is whether a read goes through. */
  private static final RangeRequest LINEARIZABLE =
      RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("health")).setKeysOnly(true).build();

  private static final RangeRequest SERIALIZABLE =
      LINEARIZABLE.toBuilder().setSerializable(true).build();

  private static final Set<AlarmType> KNOWN_ALARMS = Set.of(AlarmType.NOSPACE, AlarmType.CORRUPT);

  private static final String SERIALIZABLE_READ = "serializable_read";
  private static final int HTTP_OK = 200;
  private static final String LINEARIZABLE_READ = "linearizable_read";
  private static final String DATA_CORRUPTION = "data_corruption";
  private static final String NON_LEARNER = "non_learner";

  /** Why a check fails; empty when it passes. */
  private record Outcome(String name, String failure) {
    boolean passed() {
      return failure.isEmpty();
    }
  }

  private final MetadataStore store;
  private final BooleanSupplier leaderKnown;
  private final BooleanSupplier learner;
  private final BooleanSupplier serving;
  private final Consumer<Boolean> checked;
  private final Duration timeout;

  /**
   * Health of a node.
   *
   * @param store what must answer
   * @param leaderKnown whether there is a leader
   * @param learner whether this member has no vote
   * @param serving false once the server is stopping
   * @param checked is told of each answer of {@code /health}, true for healthy
   * @param timeout of a read
   */
  public HealthEndpoints(
      MetadataStore store,
      BooleanSupplier leaderKnown,
      BooleanSupplier learner,
      BooleanSupplier serving,
      Consumer<Boolean> checked,
      Duration timeout) {
    this.store = store;
    this.leaderKnown = leaderKnown;
    this.learner = learner;
    this.serving = serving;
    this.checked = checked;
    this.timeout = timeout;
  }

  /** The endpoints by path. */
  public Map<String, Endpoint> endpoints() {
    Map<String, Supplier<CompletableFuture<Outcome>>> checks = new HashMap<>();
    checks.put(SERIALIZABLE_READ, () -> read(SERIALIZABLE_READ, SERIALIZABLE));
    checks.put(LINEARIZABLE_READ, () -> read(LINEARIZABLE_READ, LINEARIZABLE));
    checks.put(DATA_CORRUPTION, () -> CompletableFuture.completedFuture(dataCorruption()));
    checks.put(NON_LEARNER, () -> CompletableFuture.completedFuture(nonLearner()));
    Map<String, Endpoint> endpoints = new HashMap<>();
    endpoints.put("/health", Router.getOnly(call -> health(call).thenApply(this::counted)));
    probe(endpoints, "/livez", checks, List.of(SERIALIZABLE_READ));
    probe(
        endpoints,
        "/readyz",
        checks,
        List.of(DATA_CORRUPTION, SERIALIZABLE_READ, LINEARIZABLE_READ, NON_LEARNER));
    return endpoints;
  }

  private void probe(
      Map<String, Endpoint> endpoints,
      String path,
      Map<String, Supplier<CompletableFuture<Outcome>>> checks,
      List<String> names) {
    List<Supplier<CompletableFuture<Outcome>>> all = new ArrayList<>();
    for (String name : names) {
      Supplier<CompletableFuture<Outcome>> check =
          checks.getOrDefault(
              name, () -> CompletableFuture.completedFuture(new Outcome(name, "unknown check")));
      all.add(check);
      endpoints.put(
          path + "/" + name, Router.getOnly(call -> probe(call, List.of(name), List.of(check))));
    }
    endpoints.put(path, Router.getOnly(call -> probe(call, names, all)));
  }

  private HttpReply counted(HttpReply reply) {
    checked.accept(reply.status() == HTTP_OK);
    return reply;
  }

  private CompletionStage<HttpReply> health(HttpCall call) {
    boolean serializable = call.all("serializable").contains("true");
    if (!serving.getAsBoolean()) {
      return CompletableFuture.completedFuture(health("SERVER STOPPING"));
    }
    List<String> excluded = call.all("exclude");
    for (AlarmMember alarm : store.alarms()) {
      String type = alarm.getAlarm().toString();
      if (!excluded.contains(type)) {
        return CompletableFuture.completedFuture(
            health("ALARM " + (KNOWN_ALARMS.contains(alarm.getAlarm()) ? type : "UNKNOWN")));
      }
    }
    if (!serializable && !leaderKnown.getAsBoolean()) {
      return CompletableFuture.completedFuture(health("RAFT NO LEADER"));
    }
    return read("", serializable ? SERIALIZABLE : LINEARIZABLE)
        .thenApply(read -> health(read.passed() ? "" : "RANGE ERROR:" + read.failure()));
  }

  private Outcome dataCorruption() {
    boolean raised =
        store.alarms().stream().anyMatch(alarm -> alarm.getAlarm() == AlarmType.CORRUPT);
    return new Outcome(DATA_CORRUPTION, raised ? "alarm activated: CORRUPT" : "");
  }

  private Outcome nonLearner() {
    return new Outcome(NON_LEARNER, learner.getAsBoolean() ? "not supported for learner" : "");
  }

  private static HttpReply health(String reason) {
    StringBuilder json = new StringBuilder("{\"health\":\"");
    json.append(reason.isEmpty()).append("\",\"reason\":");
    JsonText.quote(json, reason);
    return HttpReply.json(reason.isEmpty() ? 200 : 503, json.append('}').toString());
  }

  /** Runs checks and words the answer as etcd does: a failure always lists all of them. */
  private CompletionStage<HttpReply> probe(
      HttpCall call, List<String> names, List<Supplier<CompletableFuture<Outcome>>> checks) {
    if (!serving.getAsBoolean()) {
      return CompletableFuture.completedFuture(HttpReply.text(503, "[-]serving failed: stopping"));
    }
    Set<String> excluded = new HashSet<>(call.all("exclude"));
    List<CompletableFuture<Outcome>> running = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      running.add(
          excluded.contains(names.get(i))
              ? CompletableFuture.completedFuture(new Outcome(names.get(i), ""))
              : checks.get(i).get());
    }
    return CompletableFuture.allOf(running.toArray(CompletableFuture[]::new))
        .thenApply(
            done ->
                word(
                    running.stream().map(CompletableFuture::join).toList(),
                    excluded,
                    call.query().containsKey("verbose")));
  }

  private static HttpReply word(List<Outcome> outcomes, Set<String> excluded, boolean verbose) {
    StringBuilder lines = new StringBuilder();
    for (Outcome outcome : outcomes) {
      if (!outcome.passed()) {
        lines.append("[-]").append(outcome.name()).append(" failed: ").append(outcome.failure());
      } else {
        lines.append("[+]").append(outcome.name());
        lines.append(excluded.contains(outcome.name()) ? " excluded: ok" : " ok");
      }
      lines.append('\n');
    }
    if (outcomes.stream().allMatch(Outcome::passed)) {
      return HttpReply.text(200, verbose ? lines + "ok" : "ok");
    }
    return HttpReply.text(503, lines.toString());
  }

  private CompletableFuture<Outcome> read(String name, RangeRequest request) {
    return store
        .range(request, timeout)
        .handle(
            (response, failure) ->
                new Outcome(name, failure == null ? "" : Failures.text(failure)));
  }
}
