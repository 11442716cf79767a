/**
 * Liveness, readiness and startup.
 *
 * <p>In: what the other rooms say of themselves. Out: checks on the management port.
 */
@NullMarked
package dev.belay.health;

import org.jspecify.annotations.NullMarked;
