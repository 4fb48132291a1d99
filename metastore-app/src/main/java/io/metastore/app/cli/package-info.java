/**
 * The command line. {@link io.metastore.app.cli.CommandLineInterface} knows the commands; each is a
 * class of its own. Flags of {@code serve} are made from the table of {@linkplain
 * io.metastore.app.config.Settings settings}. A mistake in what was typed is one line on standard
 * error and exit code 2; a server that cannot start, one line and exit code 1. Runs on the main
 * thread.
 */
@NullMarked
package io.metastore.app.cli;

import org.jspecify.annotations.NullMarked;
