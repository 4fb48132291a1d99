package io.metastore.app.config;

import io.metastore.app.config.Setting.Parser;
import io.metastore.app.config.Setting.Refusal;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** What values look like: each method gives the parser of one kind of setting. */
final class Parsers {
  private Parsers() {}

  /** Text that is not empty. */
  static Parser<String> text() {
    return text -> {
      if (text.isBlank()) {
        throw new Refusal("must not be empty");
      }
      return text;
    };
  }

  /** A member's name: it appears in {@code name=url} lists, so it cannot hold their separators. */
  static Parser<String> memberName() {
    return text -> {
      if (text.isBlank() || text.chars().anyMatch(c -> c == ',' || c == '=' || c <= ' ')) {
        throw new Refusal("must be a name without spaces, commas and equals signs");
      }
      return text;
    };
  }

  static Parser<Path> path() {
    return text -> {
      try {
        if (!text.isBlank()) {
          return Path.of(text);
        }
      } catch (InvalidPathException e) {
        throw new Refusal("must be a path: " + e.getReason());
      }
      throw new Refusal("must be a path");
    };
  }

  /** {@code true} or {@code false}. */
  static Parser<Boolean> truth() {
    return text ->
        switch (text.strip()) {
          // As Go reads flags.
          case "true", "TRUE", "True", "t", "T", "1" -> true;
          case "false", "FALSE", "False", "f", "F", "0" -> false;
          default -> throw new Refusal("must be true or false");
        };
  }

  /** A whole number within bounds. */
  static Parser<Integer> number(int min, int max) {
    return text -> Math.toIntExact(whole(text, min, max, ""));
  }

  /** A whole number of 32 bits; what is above an {@code int}'s is as good as without bound. */
  static Parser<Integer> unsigned() {
    return text -> (int) Math.min(Integer.MAX_VALUE, whole(text, 1, 0xFFFF_FFFFL, ""));
  }

  /** A number of bytes, which may be negative. */
  static Parser<Long> bytes() {
    return text -> {
      try {
        return Long.parseLong(text.strip());
      } catch (NumberFormatException e) {
        throw new Refusal("must be a whole number of bytes");
      }
    };
  }

  /** Milliseconds within bounds. */
  static Parser<Duration> millis(long min, long max) {
    return text -> Duration.ofMillis(whole(text, min, max, " of milliseconds"));
  }

  /** A duration as Go writes it, {@code 1h30m} or {@code 100ms}, of at least some length. */
  static Parser<Duration> duration(Duration min) {
    return text -> {
      Duration found = GoDuration.parse(text.strip());
      if (found.compareTo(min) < 0) {
        throw new Refusal("must be at least " + min.toMillis() + "ms");
      }
      return found;
    };
  }

  private static long whole(String text, long min, long max, String unit) throws Refusal {
    try {
      long value = Long.parseLong(text.strip());
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Falls through to the refusal, which is the same for a word and for a number out of bounds.
    }
    throw new Refusal("must be a whole number" + unit + " from " + min + " to " + max);
  }

  /** The kind of tokens, with its options behind it. */
  static Parser<String> tokenKind() {
    return text -> {
      if (text.equals("simple")) {
        return text;
      }
      throw new Refusal(
          text.startsWith("jwt")
              ? "must be simple; jwt tokens are not available"
              : "must be simple, the one kind of token there is");
    };
  }

  /** One of the constants of an enum, in lower case. */
  static <E extends Enum<E>> Parser<E> oneOf(Class<E> type) {
    return text -> {
      StringJoiner allowed = new StringJoiner(", ");
      for (E constant : type.getEnumConstants()) {
        String name = Names.of(constant);
        if (name.equals(text)) {
          return constant;
        }
        allowed.add(name);
      }
      throw new Refusal("must be one of " + allowed);
    };
  }

  /** A comma-separated list of {@code http://host:port}. */
  static Parser<List<URI>> urls() {
    return text -> {
      List<URI> urls = new ArrayList<>();
      for (String part : text.split(",", -1)) {
        urls.add(url(part.strip()));
      }
      return List.copyOf(urls);
    };
  }

  private static URI url(String text) throws Refusal {
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      throw new Refusal("must be URLs like http://127.0.0.1:2379, separated by commas");
    }
    if ("https".equals(url.getScheme())) {
      throw new Refusal("https is not available yet, because TLS is not; use http://");
    }
    if ("unix".equals(url.getScheme()) || "unixs".equals(url.getScheme())) {
      throw new Refusal("Unix sockets are not available; use http://host:port");
    }
    if (url.getScheme() == null) {
      throw new Refusal("must be URLs like http://127.0.0.1:2379, separated by commas");
    }
    if (!"http".equals(url.getScheme())) {
      throw new Refusal("must be URLs that begin with http://, separated by commas");
    }
    if (url.getHost() == null || url.getPort() < 1 || url.getPort() > 65535) {
      throw new Refusal("must name a host and a port from 1 to 65535, as in http://127.0.0.1:2379");
    }
    boolean bare = url.getRawPath().isEmpty() || url.getRawPath().equals("/");
    if (!bare || url.getRawQuery() != null || url.getRawUserInfo() != null) {
      throw new Refusal("must end after the port, as in http://127.0.0.1:2379");
    }
    return URI.create("http://" + url.getRawAuthority());
  }

  /** {@code name=url,name=url}; a name with several URLs comes several times. */
  static Parser<Map<String, List<URI>>> members() {
    return text -> {
      Map<String, List<URI>> members = new LinkedHashMap<>();
      for (String part : text.split(",", -1)) {
        int equals = part.indexOf('=');
        if (equals < 1) {
          throw new Refusal("must be a list like a=http://10.0.0.1:2380,b=http://10.0.0.2:2380");
        }
        members
            .computeIfAbsent(part.substring(0, equals).strip(), name -> new ArrayList<>())
            .add(url(part.substring(equals + 1).strip()));
      }
      return Map.copyOf(members);
    };
  }

  /** {@code key=value,key=value}, or nothing. */
  static Parser<Map<String, String>> pairs() {
    return text -> {
      Map<String, String> pairs = new LinkedHashMap<>();
      for (String part : text.isBlank() ? new String[0] : text.split(",", -1)) {
        int equals = part.indexOf('=');
        if (equals < 1) {
          throw new Refusal("must be key=value");
        }
        pairs.put(part.substring(0, equals).strip(), part.substring(equals + 1).strip());
      }
      return Map.copyOf(pairs);
    };
  }
}
