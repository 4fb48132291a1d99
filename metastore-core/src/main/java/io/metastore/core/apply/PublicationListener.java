package io.metastore.core.apply;

import io.metastore.core.mvcc.Change;
import io.metastore.core.mvcc.PublishedView;
import java.util.List;

/** Told of every publication. */
@FunctionalInterface
public interface PublicationListener {
  /**
   * A drain was published: readers see it, its proposals are not answered yet. Called on the apply
   * thread, which waits for nothing: the listener returns at once and does not throw.
   *
   * @param view held for the time of the call
   * @param changes what the drain changed, in the order of revisions; nothing when it was too much
   *     to be kept, or is not known: the view's revision moved all the same. Not changed afterwards
   */
  void published(PublishedView view, List<Change> changes);
}
