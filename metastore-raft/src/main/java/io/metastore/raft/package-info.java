/** The only package that sees Apache Ratis: a whole node, from its options to its end. */
@NullMarked
package io.metastore.raft;

import org.jspecify.annotations.NullMarked;
