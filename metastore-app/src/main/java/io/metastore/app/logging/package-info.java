/**
 * How log lines look and where they go: standard error, one event per line, the level and format
 * that the operator chose, nothing from libraries below WARN. Set once per process, before the
 * first server starts. {@link io.metastore.app.logging.DefaultConfigurator} is what Logback finds
 * at first use, so that no file is searched for and a library that is embedded stays silent.
 */
@NullMarked
package io.metastore.app.logging;

import org.jspecify.annotations.NullMarked;
