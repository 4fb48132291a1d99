/**
 * The members of the cluster as replicated state, and the calls that change them.
 *
 * <p>The MEMBER table says who belongs to the cluster, how each is reached and which have a vote;
 * consensus follows it. {@link io.metastore.core.member.MemberCommands} belongs to the apply
 * thread, the readers of {@link io.metastore.core.member.MemberTable} and {@link
 * io.metastore.core.member.ClusterStore} may be used by any.
 */
@NullMarked
package io.metastore.core.member;

import org.jspecify.annotations.NullMarked;
