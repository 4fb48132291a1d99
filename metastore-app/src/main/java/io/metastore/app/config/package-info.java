/**
 * What an operator can set. {@link io.metastore.app.config.Settings} declares every setting once:
 * flag, environment variables, key in the YAML file, default, help text and what values are allowed
 * all come from there. {@link io.metastore.app.config.Resolution} finds each value (flag over
 * environment over file over default) and remembers where it came from, so that a refusal can say
 * so; {@link io.metastore.app.config.ServerConfig} is the checked result.
 *
 * <p>Everything here is immutable and may be used from any thread. Nothing here logs or prints.
 */
@NullMarked
package io.metastore.app.config;

import org.jspecify.annotations.NullMarked;
