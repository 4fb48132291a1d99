/** The replicated state machine as its front ends and its consensus module see it. */
@NullMarked
package io.metastore.core;

import org.jspecify.annotations.NullMarked;
