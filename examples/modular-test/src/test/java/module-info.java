/** Tests that are a module of their own. */
open module example.tests {
  requires io.metastore.junit;
  requires org.junit.jupiter.api;
}
