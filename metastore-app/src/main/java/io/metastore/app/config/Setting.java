package io.metastore.app.config;

/**
 * One thing that can be set, under one name everywhere: {@code --data-dir} on the command line,
 * {@code METASTORE_DATA_DIR} or etcd's {@code ETCD_DATA_DIR} in the environment, {@code data-dir}
 * in the file.
 *
 * @param <T> the type of the checked value
 * @param name as in the flag, without dashes in front
 * @param group heading under which help lists it
 * @param label what the value is, for help
 * @param fallback the value when none is given; empty when it follows from other settings
 * @param repeatable whether the flag may be given more than once, all values counting
 * @param parser checks a value
 * @param help one or two sentences
 */
public record Setting<T>(
    String name,
    Group group,
    String label,
    String fallback,
    boolean repeatable,
    Parser<T> parser,
    String help) {

  /** The label of settings that are {@code true} or {@code false}. */
  static final String TRUTH = "true|false";

  /** The headings of the help page, in its order. */
  public enum Group {
    MEMBER("Member"),
    CLUSTER("Cluster"),
    STORAGE("Storage"),
    LIMITS("Limits"),
    AUTH("Authentication"),
    LOGGING("Logging"),
    FILE("Configuration file");

    private final String title;

    Group(String title) {
      this.title = title;
    }

    /** The heading as it is printed. */
    public String title() {
      return title;
    }
  }

  /** Makes a value out of text. */
  @FunctionalInterface
  public interface Parser<T> {
    /**
     * Parses a value.
     *
     * @throws Refusal when it is not allowed
     */
    T parse(String text) throws Refusal;
  }

  /** Why a text is not a value; the message ends the sentence "must be …" or "… is …". */
  public static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    /** Creates a refusal. */
    public Refusal(String reason) {
      super(reason, null, false, false);
      this.reason = reason;
    }

    /** What is allowed. */
    String reason() {
      return reason;
    }
  }

  /** A setting whose last value counts. */
  Setting(String name, Group group, String label, String fallback, Parser<T> parser, String help) {
    this(name, group, label, fallback, false, parser, help);
  }

  /** The flag, with its dashes. */
  public String flag() {
    return "--" + name;
  }

  /** Whether the flag alone means {@code true}, as in Go. */
  public boolean truth() {
    return label.equals(TRUTH);
  }
}
