package example;

import io.metastore.api.Metastore;
import io.metastore.api.OpenOptions;
import java.nio.file.Path;

/** Keeps a greeting in a store of its own; its argument is the store's directory. */
public final class Hello {
  private Hello() {}

  public static void main(String[] arguments) {
    try (Metastore store = Metastore.open(OpenOptions.at(Path.of(arguments[0])))) {
      store.put("/greeting", "hello");
      store.get("/greeting").ifPresent(entry -> System.out.println(entry.valueText()));
    }
  }
}
