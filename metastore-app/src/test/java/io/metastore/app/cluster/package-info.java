/**
 * Three members as three processes, under load from clients of all of them while they are killed,
 * paused, cut off from one another and from their clients, delayed, replaced and joined by others,
 * and their disks and clocks fail. {@link io.metastore.app.cluster.FaultRun} is one such run and
 * says what is checked after each fault.
 *
 * <p>In a build a run is short: a fault of each family. {@code -Dmetastore.it.faults=N} makes it N
 * faults long, {@code -Dmetastore.it.only=FULL} keeps to those whose name has that in it, {@code
 * -Dmetastore.seed=N} repeats one's choices. What a machine has no means for is skipped, with the
 * reason.
 */
@NullMarked
package io.metastore.app.cluster;

import org.jspecify.annotations.NullMarked;
