package io.metastore.client;

import io.metastore.api.Bytes;
import io.metastore.api.Metastore;
import io.metastore.api.OpenOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Puts and gets through the API, in this JVM and over gRPC, on both engines. Run by hand with a
 * folder on the disk to be measured; prints tables for {@code docs/benchmarks.md}.
 */
final class EmbeddingBenchmark {
  private static final int KEYS = 10_000;
  private static final Bytes VALUE = Bytes.of("v".repeat(256));
  private static final Duration WARM_UP = Duration.ofSeconds(5);
  private static final Duration MEASURED = Duration.ofSeconds(5);

  /** One call of what is measured. */
  private interface Call {
    void run(int key);
  }

  private EmbeddingBenchmark() {}

  /** Runs everything; the argument is the folder. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    System.out.println("| engine | through | call | threads | per s | p50 µs | p99 µs |");
    System.out.println("|---|---|---|--:|--:|--:|--:|");
    for (String engine : List.of("rocksdb", "memory")) {
      measure(engine, Files.createTempDirectory(folder, engine));
    }
  }

  private static void measure(String engine, Path directory) throws Exception {
    OpenOptions options =
        OpenOptions.at(directory)
            .withStorage(engine)
            .servingClients(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    try (Metastore embedded = Metastore.open(options);
        Metastore remote = Metastore.connect(embedded.endpoints().getFirst().toString())) {
      for (int i = 0; i < KEYS; i++) {
        embedded.put(key(i), VALUE);
      }
      for (int threads : new int[] {1, 100}) {
        measure(engine, "API", embedded, threads);
        measure(engine, "gRPC", remote, threads);
      }
    }
  }

  private static void measure(String engine, String through, Metastore store, int threads)
      throws Exception {
    Call put = key -> store.put(key(key), VALUE);
    Call get = key -> require(store.get(key(key)).isPresent());
    row(engine, through, "put", threads, put);
    row(engine, through, "get", threads, get);
  }

  private static void require(boolean found) {
    if (!found) {
      throw new IllegalStateException("a key is missing");
    }
  }

  private static void row(String engine, String through, String name, int threads, Call call)
      throws Exception {
    run(threads, WARM_UP, call);
    long[] nanos = run(threads, MEASURED, call);
    Arrays.sort(nanos);
    System.out.printf(
        "| %s | %s | %s | %d | %d | %d | %d |%n",
        engine,
        through,
        name,
        threads,
        nanos.length / MEASURED.toSeconds(),
        nanos[nanos.length / 2] / 1000,
        nanos[(int) (nanos.length * 0.99)] / 1000);
  }

  private static Bytes key(int number) {
    return Bytes.of("/bench/%08d".formatted(number));
  }

  /** Latencies of every call that ended in time, by virtual threads that call in turn. */
  private static long[] run(int threads, Duration time, Call call)
      throws InterruptedException, ExecutionException {
    long end = System.nanoTime() + time.toNanos();
    List<Future<long[]>> parts = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < threads; i++) {
        parts.add(executor.submit(() -> callUntil(end, call)));
      }
    }
    List<long[]> all = new ArrayList<>();
    for (Future<long[]> part : parts) {
      all.add(part.get());
    }
    return all.stream().flatMapToLong(Arrays::stream).toArray();
  }

  private static long[] callUntil(long end, Call call) {
    long[] nanos = new long[1024];
    int count = 0;
    long begin = System.nanoTime();
    while (begin < end) {
      call.run(ThreadLocalRandom.current().nextInt(KEYS));
      long now = System.nanoTime();
      if (count == nanos.length) {
        nanos = Arrays.copyOf(nanos, 2 * count);
      }
      nanos[count++] = now - begin;
      begin = now;
    }
    return Arrays.copyOf(nanos, count);
  }
}
