package io.metastore.core.model;

import io.metastore.testkit.model.ModelCheck;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Core against the model of the testkit, on each engine. */
final class CoreModelTest {
  @TempDir Path directory;

  @DisplayName("core answers and survives as the model does")
  @ParameterizedTest(name = "{0}")
  @CsvSource({"memory, 30", "rocksdb, 8"})
  void everyAnswerIsTheModels(String engine, int programs) {
    AtomicInteger opened = new AtomicInteger();
    ModelCheck.run(
        "CoreModelTest, " + engine,
        programs,
        Member.LIMITS,
        () -> new CoreSubject(engine, directory.resolve("member-" + opened.incrementAndGet())));
  }
}
