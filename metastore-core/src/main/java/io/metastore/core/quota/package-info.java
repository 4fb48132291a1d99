/**
 * Limits of size, and alarms: what commands cost, when a member's store is full, which alarms are
 * raised and what they forbid (behaviours 82 and 83 of the contract; etcd {@code
 * server/storage/quota.go}, {@code server/etcdserver/apply/}).
 *
 * <p>{@link io.metastore.core.quota.Alarms} and {@link io.metastore.core.quota.Admission} decide on
 * the apply thread from replicated state alone; {@link io.metastore.core.quota.Quota} looks at this
 * member's disk before anything is proposed.
 */
@NullMarked
package io.metastore.core.quota;

import org.jspecify.annotations.NullMarked;
