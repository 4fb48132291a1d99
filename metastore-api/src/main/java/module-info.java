/**
 * What embedders and plug-in authors compile against. It depends on nothing but the JDK: the null
 * annotations are read by compilers only.
 */
module io.metastore.api {
  requires static org.jspecify;

  exports io.metastore.api;
  exports io.metastore.api.storage;
}
