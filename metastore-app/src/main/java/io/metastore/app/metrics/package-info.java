/**
 * The figures of one server, in one Prometheus registry per server: several can run in one JVM.
 * Recording is a {@link java.util.concurrent.atomic.LongAdder} or a histogram with fixed buckets,
 * from any thread; whatever must be asked for is asked for at scrape time. Names are etcd's where
 * the meaning is etcd's, and {@code metastore_…} elsewhere.
 */
@NullMarked
package io.metastore.app.metrics;

import org.jspecify.annotations.NullMarked;
