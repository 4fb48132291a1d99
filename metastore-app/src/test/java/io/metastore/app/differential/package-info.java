/**
 * The differential test: seeded random programs run step by step against a node of ours and against
 * a real etcd, and every two answers are compared field by field.
 *
 * <p>A {@link io.metastore.app.differential.Program} is a list of seeds, one a step; {@link
 * io.metastore.app.differential.RandomRequests} makes the request of a step from its seed and the
 * revision that the stores are at, so that steps can be taken out and the rest still makes sense.
 * {@link io.metastore.app.differential.Canonical} takes out of an answer what may differ, {@link
 * io.metastore.app.differential.KnownDifference} says why.
 *
 * <p>One thread runs a program; a request is under way on both sides at the same time, and so are
 * reads that follow one another. Our two engines run half of the programs each, side by side.
 */
@NullMarked
package io.metastore.app.differential;

import org.jspecify.annotations.NullMarked;
