/** Errors that every caller of MetaStore meets, embedded or over the wire. */
@NullMarked
package io.metastore.api;

import org.jspecify.annotations.NullMarked;
