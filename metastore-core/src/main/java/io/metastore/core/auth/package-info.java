/**
 * Users, roles and what they may do (behaviours 55, 56 and 65 to 77 of the contract; etcd {@code
 * server/auth/}, {@code server/etcdserver/apply/apply_auth.go}).
 *
 * <pre>
 *   client ── token ──▶ TokenTable: who is it? ──▶ Identity ──▶ signed proposal ──▶ log
 *                                                                                    │
 *   reader ── newest AuthState ──▶ Permissions: may it?            apply: may it, at the log's place?
 * </pre>
 *
 * <p>Replicated are {@link io.metastore.core.auth.AuthState}, an immutable image of the AUTH
 * keyspace, and its changes by {@link io.metastore.core.auth.AuthCommands}, which belong to the
 * apply thread. Tokens are in each member's memory alone: every member learns of one from the log
 * and lets it expire by its own clock. No password ever comes here.
 */
@NullMarked
package io.metastore.core.auth;

import org.jspecify.annotations.NullMarked;
