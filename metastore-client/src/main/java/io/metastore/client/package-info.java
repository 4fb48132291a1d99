/**
 * Stores on servers: {@link io.metastore.api.Metastore#connect(String...)} comes here. etcd's
 * messages over gRPC, on one channel with one event loop, on which nothing blocks; callers wait on
 * their own threads.
 */
@NullMarked
package io.metastore.client;

import org.jspecify.annotations.NullMarked;
