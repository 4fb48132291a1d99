/**
 * {@code metastore bench}: a load generator for any server that answers etcd's API.
 *
 * <p>A {@link io.metastore.app.bench.ClosedLoop} is one run: clients that each have one request
 * outstanding, as small objects whose next step is the callback of the last. They live on the event
 * loops of a {@link io.metastore.app.bench.ConnectionPool}; the main thread only waits and shows
 * progress. A {@link io.metastore.app.bench.Workload} says what is asked and judges the answers.
 * Requests go to a {@link io.metastore.app.bench.Requester}: a connection, or a stream whose
 * messages are answered one by one. Watches are not requests: a {@link
 * io.metastore.app.bench.WatchFleet} takes their events beside the loop that puts.
 *
 * <p>The client speaks HTTP/2 by itself ({@link io.metastore.app.bench.Http2Session}) and not
 * through grpc-java, because client and server mostly share a machine here and what the client
 * burns the server lacks: against etcd 3.4 at 1000 clients on 2 cores grpc-java's callback client
 * with its retries switched off (its default is dearer still) took 18 µs of CPU per get, this one 6
 * to 7. A server that needs 12 µs itself would look half as fast through the former. An event of a
 * watch takes it about 1 µs. It does what gRPC in the clear needs and nothing else.
 *
 * <p>Depends on etcd's messages and Netty, on nothing else of the server.
 */
@NullMarked
package io.metastore.app.bench;

import org.jspecify.annotations.NullMarked;
