/**
 * {@code metastore bench}: a load generator for any server that answers etcd's {@code KV} service.
 *
 * <p>A {@link io.metastore.app.bench.ClosedLoop} is one run: clients that each have one request
 * outstanding, as small objects whose next step is the callback of the last. They live on the event
 * loops of a {@link io.metastore.app.bench.ConnectionPool}; the main thread only waits and shows
 * progress. A {@link io.metastore.app.bench.Workload} says what is asked and judges the answers.
 *
 * <p>The client speaks HTTP/2 by itself ({@link io.metastore.app.bench.Http2Session}) and not
 * through grpc-java, because client and server mostly share a machine here and what the client
 * burns the server lacks: against etcd 3.4 at 1000 clients on 2 cores grpc-java's callback client
 * with its retries switched off (its default is dearer still) took 18 µs of CPU per get, this one 6
 * to 7. A server that needs 12 µs itself would look half as fast through the former. It does what
 * unary calls in the clear need and nothing else.
 *
 * <p>Depends on etcd's messages and Netty, on nothing else of the server.
 */
@NullMarked
package io.metastore.app.bench;

import org.jspecify.annotations.NullMarked;
