/**
 * A plain model of etcd's data model, and random programs that hold a real implementation against
 * it.
 *
 * <p>{@link io.metastore.testkit.model.Model} keeps a whole copy of the keys for every revision and
 * answers each {@link io.metastore.testkit.model.Command} by walking over one; it is slow and has
 * nothing clever in it, so that it can be checked by reading it beside the contract. {@link
 * io.metastore.testkit.model.ModelCheck} makes programs from a seed and runs them against the model
 * and a {@link io.metastore.testkit.model.Subject}: commands in random drains, reads, watches,
 * flushes, crashes, restarts, and steps of a purge that may never be finished. A difference is told
 * with its seed and a program that was made smaller.
 *
 * <p>The package knows the API's words and the error codes, and nothing of core: core's own tests
 * use this kit, so the kit cannot require core (the build would be a circle), and plug-in authors
 * should not need it. The driver that makes core a subject is therefore among core's tests, which
 * run it on each engine by the name of its provider; anything else that speaks the API can be a
 * subject as well. Commands and answers are records of their own and not etcd's messages for the
 * same reason, and because a record prints and compares field by field.
 *
 * <p>Keys and values are strings whose characters are bytes, 0 to 255: then the order of strings is
 * etcd's order of keys. Everything here belongs to one thread.
 */
@NullMarked
package io.metastore.testkit.model;

import org.jspecify.annotations.NullMarked;
