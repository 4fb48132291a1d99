/**
 * The replicated state machine: takes commits off the log in order and brings each into the engine.
 *
 * <p>{@link io.metastore.core.apply.StateMachine#apply} belongs to the one apply thread; readers on
 * any thread acquire published views. Applying is deterministic: no clock, no random numbers, no
 * hash order.
 */
@NullMarked
package io.metastore.core.apply;

import org.jspecify.annotations.NullMarked;
