/**
 * HTTP/1.1 on the client port: health, version and metrics. {@link
 * io.metastore.app.http.HttpConnections} owns the connections (gRPC's own shutdown does not know
 * them), {@code HttpConnection} takes one request at a time from each, {@link
 * io.metastore.app.http.Router} finds the endpoint. Endpoints run on an event loop and answer with
 * a future; they must not block.
 */
@NullMarked
package io.metastore.app.http;

import org.jspecify.annotations.NullMarked;
