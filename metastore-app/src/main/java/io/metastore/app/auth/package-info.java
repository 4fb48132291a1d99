/**
 * Passwords of users: how they are hashed and checked. Nothing else in the server sees one, and
 * none is logged.
 *
 * <p>{@link io.metastore.app.auth.Passwords} may be used by any thread; the work is done on its
 * own.
 */
@NullMarked
package io.metastore.app.auth;

import org.jspecify.annotations.NullMarked;
