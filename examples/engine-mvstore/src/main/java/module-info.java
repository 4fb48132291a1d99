/** A storage engine on H2's MVStore. */
module example.mvstore {
  requires io.metastore.api;
  requires com.h2database.mvstore;

  // MVStore makes its file names by reflection.
  opens example.mvstore to
      com.h2database.mvstore;

  provides io.metastore.api.storage.StorageEngineProvider with
      example.mvstore.MvStoreEngineProvider;
}
