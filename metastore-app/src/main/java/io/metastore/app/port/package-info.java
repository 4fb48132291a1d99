/**
 * The client port: every listen address serves gRPC and HTTP/1.1, told apart by a connection's
 * first bytes. {@link io.metastore.app.port.ClientPort} owns sockets and event loops; {@code
 * PortNegotiator} is the only file that uses grpc-java's internal API. Handlers run on the event
 * loops, so nothing here or in what is called from here may block.
 */
@NullMarked
package io.metastore.app.port;

import org.jspecify.annotations.NullMarked;
