package io.metastore.core.apply;

import io.metastore.core.mvcc.LeaseChange;
import java.util.List;

/** Learns what commands did to leases. */
@FunctionalInterface
public interface LeaseListener {
  /**
   * Leases were granted or revoked. Called on the apply thread, after the effects are published and
   * before the commands are answered; must not block or throw.
   *
   * @param changes in their order, not empty
   */
  void applied(List<LeaseChange> changes);
}
