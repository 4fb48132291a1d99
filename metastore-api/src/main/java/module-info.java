/**
 * What embedders and plug-in authors compile against. It depends on nothing but the JDK: the null
 * annotations are read by compilers only.
 */
module io.metastore.api {
  requires static org.jspecify;

  exports io.metastore.api;
  exports io.metastore.api.provider;
  exports io.metastore.api.storage;

  uses io.metastore.api.provider.EmbeddedProvider;
  uses io.metastore.api.provider.RemoteProvider;
}
