package io.metastore.app.bench;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How option values are read; each error says what is allowed. */
final class OptionValues {
  private OptionValues() {}

  /** A whole number; underscores between digits are allowed. */
  static final class Count implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      try {
        return Long.valueOf(text.replaceAll("(?<=\\d)_(?=\\d)", ""));
      } catch (NumberFormatException e) {
        throw new TypeConversionException("'" + text + "' must be a whole number");
      }
    }
  }

  /** Requests per second. */
  static final class Rate implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      try {
        return Double.valueOf(text);
      } catch (NumberFormatException e) {
        throw new TypeConversionException("'" + text + "' must be a number of requests per second");
      }
    }
  }

  /** A duration as Go's tools write it, with one unit: {@code 500ms}, {@code 2s}, {@code 1m}. */
  static final class Time implements ITypeConverter<Duration> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    @Override
    public Duration convert(String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException(
            "'" + text + "' must be a duration such as 500ms, 10s, 2m or 1h");
      }
      long amount = Long.parseLong(matcher.group(1));
      return switch (matcher.group(2)) {
        case "ms" -> Duration.ofMillis(amount);
        case "s" -> Duration.ofSeconds(amount);
        case "m" -> Duration.ofMinutes(amount);
        default -> Duration.ofHours(amount);
      };
    }
  }

  /** A server's address. */
  static final class Address implements ITypeConverter<Endpoint> {
    @Override
    public Endpoint convert(String text) {
      try {
        return Endpoint.of(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
