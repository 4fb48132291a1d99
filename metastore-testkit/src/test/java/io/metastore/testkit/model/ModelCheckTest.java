package io.metastore.testkit.model;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.testkit.model.ModelSubject.Fault;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The check finds what is wrong, whatever the seed, and makes it small. */
final class ModelCheckTest {
  private static final Pattern LEFT = Pattern.compile("-Dmetastore.model.seed=\\d+; (\\d+) steps");

  @Test
  void aModelIsLikeAModel() {
    ModelCheck.run(
        "aModelIsLikeAModel", 5, ModelSubject.LIMITS, () -> new ModelSubject(Fault.NONE));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void everyFaultIsFoundAndMadeSmall(Fault fault) {
    AssertionError error =
        assertThrows(
            AssertionError.class,
            () ->
                ModelCheck.run(
                    fault.name(), 20, ModelSubject.LIMITS, () -> new ModelSubject(fault)));
    String message = String.valueOf(error.getMessage());
    Matcher left = LEFT.matcher(message);
    assertTrue(left.find(), message);
    assertTrue(Integer.parseInt(left.group(1)) <= 25, message);
  }
}
