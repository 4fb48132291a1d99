package io.metastore.core.mvcc;

import io.metastore.api.storage.StorageView;

/** What a read needs to know: keyspaces at one moment, and the revisions that can be read there. */
public interface ReadState {
  /** The keyspaces. */
  StorageView view();

  /** The newest revision that can be read, and the one that is read when none is asked for. */
  long revisionToRead();

  /** How many keys are live. */
  long keys();

  /** No revision below this can be read; negative when nothing was compacted. */
  long compactedRevision();
}
