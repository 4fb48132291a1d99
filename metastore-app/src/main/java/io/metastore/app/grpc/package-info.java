/**
 * etcd's gRPC services over a {@link io.metastore.core.MetadataStore}. Calls are taken on an event
 * loop and answered by whichever thread completes the store's future; no thread waits for anything.
 * Methods that are not offered yet are not registered, so gRPC itself answers Unimplemented.
 */
@NullMarked
package io.metastore.app.grpc;

import org.jspecify.annotations.NullMarked;
