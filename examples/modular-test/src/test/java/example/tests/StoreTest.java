package example.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.Metastore;
import io.metastore.junit.MetastoreTest;
import io.metastore.junit.TestStore;
import org.junit.jupiter.api.Test;

@MetastoreTest
class StoreTest {
  @Test
  void everythingIsAModule(TestStore store, Metastore client) {
    assertEquals("example.tests", getClass().getModule().getName());
    assertTrue(TestStore.class.getModule().isNamed());
    client.put("/key", "value");
    try (Metastore other = Metastore.connect(store.endpoint())) {
      assertEquals("value", other.get("/key").orElseThrow().valueText());
    }
  }
}
