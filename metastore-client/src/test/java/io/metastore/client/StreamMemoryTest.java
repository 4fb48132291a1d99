package io.metastore.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metastore.api.Bytes;
import io.metastore.api.Keys;
import io.metastore.api.Metastore;
import io.metastore.api.OpenOptions;
import io.metastore.api.Put;
import io.metastore.api.Range;
import io.metastore.api.Txn;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stream of more than memory holds, in a process with little of it. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class StreamMemoryTest {
  private static final int SMALL = 200;
  private static final int LARGE = 250;
  private static final int LARGE_BYTES = 500_000;

  @TempDir private Path directory;

  @Test
  void largeValuesBehindSmallOnesDoNotFillTheMemory() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                Reader.class.getName(),
                directory.resolve("data").toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }

  /** What runs in that process. */
  static final class Reader {
    private Reader() {}

    /** Writes, and reads it all in the store's own JVM and over the network. */
    public static void main(String[] arguments) {
      OpenOptions options =
          OpenOptions.at(Path.of(arguments[0]))
              .servingClients(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      try (Metastore store = Metastore.open(options);
          Metastore remote = Metastore.connect(store.endpoints().getFirst().toString())) {
        for (int i = 0; i < SMALL; i += 100) {
          store.txn(
              Txn.when()
                  .then(
                      IntStream.range(i, i + 100)
                          .mapToObj(n -> Put.of("k%04d".formatted(n), ""))
                          .toArray(Put[]::new)));
        }
        Bytes large = Bytes.copyOf(new byte[LARGE_BYTES]);
        for (int i = SMALL; i < SMALL + LARGE; i++) {
          store.put(Bytes.of("k%04d".formatted(i)), large);
        }
        for (Metastore reader : new Metastore[] {store, remote}) {
          long read = reader.stream(Range.of(Keys.all())).mapToLong(e -> e.value().size()).sum();
          if (read != (long) LARGE * LARGE_BYTES) {
            throw new AssertionError("read " + read);
          }
        }
      }
    }
  }
}
