package io.metastore.core.lease;

/**
 * One leadership of this member.
 *
 * @param term its Raft term
 * @param deadlines of the leases, valid in this term only
 */
record Leadership(long term, LeaseDeadlines deadlines) {}
