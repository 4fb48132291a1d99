/**
 * Faults of the network between members that are processes of one machine.
 *
 * <p>A {@link io.metastore.testkit.network.Link} is a TCP proxy on the way from one member to
 * another; {@link io.metastore.testkit.network.MemberNetwork} has one for each ordered pair of
 * members. All members are told the same addresses, by host name, and each is given a hosts file of
 * its own ({@code -Djdk.net.hosts.file}), in which the others' names lead to its own links: so a
 * link knows who uses it, with neither privileges nor anything in the members. Needs a system where
 * all of 127.0.0.0/8 is local, such as Linux.
 *
 * <p>All types are thread-safe; bytes are carried by virtual threads that end with their link.
 */
@NullMarked
package io.metastore.testkit.network;

import org.jspecify.annotations.NullMarked;
