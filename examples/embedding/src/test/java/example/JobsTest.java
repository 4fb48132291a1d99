package example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metastore.api.Metastore;
import io.metastore.junit.MetastoreTest;
import io.metastore.junit.TestStore;
import org.junit.jupiter.api.Test;

@MetastoreTest
class JobsTest {
  @Test
  void jobsAreDoneAndOutliveARestart(TestStore store, Metastore client) {
    Jobs.run(client);
    store.members().getFirst().restart();
    // Any client of the etcd v3 API will do.
    try (Metastore other = Metastore.connect(store.endpoint())) {
      assertEquals("done", other.get("/jobs/1").orElseThrow().valueText());
      assertEquals("done", other.get("/jobs/2").orElseThrow().valueText());
    }
  }
}
