package io.metastore.core.watch;

/** What became of an offer to a watch that catches up. */
enum Caught {
  /** It has all up to the end of the stretch. */
  ADVANCED,
  /** It went back meanwhile: to be tried again. */
  MOVED,
  /** It is parked or over. */
  GONE
}
