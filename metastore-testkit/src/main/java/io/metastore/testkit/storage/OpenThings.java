package io.metastore.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What this process has open.
 *
 * @param threads names of platform threads
 * @param virtualThreads how many virtual threads there are, by name
 * @param descriptors how many files and sockets; 0 where the system has no list of them
 */
record OpenThings(Set<String> threads, Map<String, Integer> virtualThreads, long descriptors) {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final Pattern VIRTUAL = Pattern.compile("#\\d+ \"(.*)\" virtual.*");

  /** Looks. */
  static OpenThings now(Path temp) throws IOException {
    Set<String> threads = new TreeSet<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      threads.add(thread.getName());
    }
    return new OpenThings(threads, dump(temp), openFiles());
  }

  // Nothing else in the JDK lists virtual threads.
  private static Map<String, Integer> dump(Path temp) throws IOException {
    Path dump = Files.createTempFile(temp, "threads-", ".txt");
    Files.delete(dump);
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
    Map<String, Integer> virtual = new TreeMap<>();
    for (String line : Files.readAllLines(dump)) {
      Matcher thread = VIRTUAL.matcher(line);
      if (thread.matches()) {
        virtual.merge(thread.group(1), 1, Integer::sum);
      }
    }
    Files.delete(dump);
    return virtual;
  }

  private static long openFiles() throws IOException {
    if (!Files.isDirectory(DESCRIPTORS)) {
      return 0;
    }
    try (Stream<Path> open = Files.list(DESCRIPTORS)) {
      return open.count();
    }
  }

  /** Checks that nothing was added, but for a few files and virtual threads of the JVM's own. */
  void assertNoMoreThan(OpenThings before, int few) {
    Set<String> added = new TreeSet<>(threads);
    added.removeAll(before.threads);
    assertEquals(Set.of(), added, "threads left");
    Map<String, Integer> grown = new HashMap<>(virtualThreads);
    before.virtualThreads.forEach((name, count) -> grown.merge(name, -count, Integer::sum));
    grown.values().removeIf(count -> count <= few);
    assertEquals(Map.of(), grown, "virtual threads left");
    assertTrue(
        descriptors < before.descriptors + few,
        () -> "open files grew from " + List.of(before.descriptors, descriptors));
  }
}
