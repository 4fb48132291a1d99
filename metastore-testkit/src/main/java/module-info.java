module io.metastore.testkit {
  requires transitive io.metastore.api;
  requires transitive org.junit.jupiter.api;
  requires static org.jspecify;
}
