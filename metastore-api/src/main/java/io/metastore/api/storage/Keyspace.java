package io.metastore.api.storage;

/**
 * The ordered maps of an engine. They are written together, in one atomic batch, and are otherwise
 * independent: a key in one says nothing of the same key in another.
 *
 * <p>An engine names them on disk by {@link #name()}. A later release may add constants: an engine
 * opened on a directory that lacks one creates it empty.
 */
public enum Keyspace {
  /** User key to the newest record of every live key. */
  CURRENT,
  /** User key and revision to records that were overwritten or deleted. */
  VERSIONS,
  /** Revision to the user key that it changed. */
  LOG,
  /** Facts of the state machine as a whole, the applied position among them. */
  META,
  /** Leases and the keys attached to them. */
  LEASE,
  /** Users, roles and permissions. */
  AUTH,
  /** Raised alarms. */
  ALARM,
  /** Members of the cluster. */
  MEMBER
}
