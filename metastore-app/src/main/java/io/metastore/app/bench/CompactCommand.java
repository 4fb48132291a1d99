package io.metastore.app.bench;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code metastore bench compact}. */
@Command(
    name = "compact",
    description = {
      "Puts before, during and after a compaction of the whole history, measured apart.",
      "The compaction is a physical one, which a server answers when all is removed.",
    },
    sortOptions = false,
    usageHelpAutoWidth = true)
final class CompactCommand extends CheckedCommand {
  private static final Duration ANSWER_MAX = Duration.ofSeconds(10);

  @Mixin private LoadOptions load = new LoadOptions();
  @Mixin private KeyOptions keys = new KeyOptions();

  @Option(
      names = "--around",
      paramLabel = "<time>",
      defaultValue = "10s",
      converter = OptionValues.Time.class,
      description =
          "How long to measure before, and again after (${DEFAULT-VALUE}). The compaction takes the"
              + " time that it takes: --total and --duration mean nothing here.")
  private Duration around = Duration.ZERO;

  @Override
  public void check(OptionChecks checks) {
    checks.longerThanNothing("--around", around);
  }

  @Override
  int run() throws InterruptedException {
    return BenchRun.with(load.run(), command(), this::run);
  }

  private int run(BenchRun run) throws IOException, InterruptedException {
    Workload puts = new PutWorkload(keys.keys(), keys.valueSize(), AckLog.none());
    Limits unlimited = load.run().limits(load.rate()).ending(Long.MAX_VALUE, Limits.UNLIMITED);
    Limits limits = unlimited.ending(Long.MAX_VALUE, around);
    Outcome before = run.measure("before", puts, run.connections(), load.clients(), limits);
    long revision = revision(run.connections().getFirst());
    Outcome during = during(run, puts, unlimited, revision);
    Outcome after =
        new ClosedLoop(puts, limits, run.connections(), load.clients()).run(run.progress("after"));

    Map<String, Object> settings = new LinkedHashMap<>();
    load.run().describe(settings);
    load.describe(settings);
    keys.describe(settings);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("operation", "compact");
    fields.put("settings", settings);
    fields.put("revision", revision);
    fields.put("before", figures(before));
    fields.put("during", figures(during));
    fields.put("after", figures(after));
    String headline =
        "compact: to revision %,d in %.2f s".formatted(revision, during.elapsed().toNanos() / 1e9);
    boolean clean = before.isClean() && during.isClean() && after.isClean();
    return run.report(new Figures(headline, fields, clean));
  }

  private static Map<String, Object> figures(Outcome outcome) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("seconds", outcome.elapsed().toNanos() / 1e9);
    figures.put("succeeded", outcome.succeeded());
    figures.put("perSecond", outcome.perSecond());
    figures.putAll(Figures.millis(outcome.latencyNanos()));
    figures.put("clientCpuSeconds", outcome.cpu().toMillis() / 1e3);
    if (!outcome.isClean()) {
      figures.put("outstanding", outcome.outstanding());
      figures.put("errors", outcome.errors());
    }
    return figures;
  }

  /** Loads until the compaction is answered. */
  private Outcome during(BenchRun run, Workload puts, Limits limits, long revision)
      throws IOException, InterruptedException {
    ClosedLoop loop = new ClosedLoop(puts, limits, run.connections(), load.clients());
    byte[] request =
        CompactionRequest.newBuilder()
            .setRevision(revision)
            .setPhysical(true)
            .build()
            .toByteArray();
    CompletableFuture<byte[]> compacted =
        send(run.connections().getFirst(), EtcdMethod.COMPACT, request);
    var ignored = compacted.whenComplete((answer, failure) -> loop.end());
    Outcome outcome = loop.run(run.progress("during"));
    var unused = await(compacted);
    return outcome;
  }

  private static long revision(Connection connection) throws IOException, InterruptedException {
    byte[] request =
        RangeRequest.newBuilder()
            .setKey(UnsafeByteOperations.unsafeWrap(new byte[1]))
            .setCountOnly(true)
            .build()
            .toByteArray();
    try {
      return RangeResponse.parseFrom(await(send(connection, EtcdMethod.RANGE, request)))
          .getHeader()
          .getRevision();
    } catch (InvalidProtocolBufferException e) {
      throw new IOException("malformed answer", e);
    }
  }

  private static CompletableFuture<byte[]> send(
      Connection connection, EtcdMethod method, byte[] request) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    connection.send(
        method,
        request,
        new Requester.Reply() {
          @Override
          public void onMessage(byte[] message) {
            answer.complete(message);
          }

          @Override
          public void onError(String text) {
            answer.completeExceptionally(new IOException(method.path() + " failed: " + text));
          }
        });
    return answer;
  }

  private static byte[] await(CompletableFuture<byte[]> answer)
      throws IOException, InterruptedException {
    try {
      return answer.get(ANSWER_MAX.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failure ? failure : new IOException(e);
    } catch (TimeoutException e) {
      throw new IOException("no answer in time", e);
    }
  }
}
