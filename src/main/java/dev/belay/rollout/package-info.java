/**
 * Decides what happens to a release: state × observation × now → decision.
 *
 * <p>In: the recorded status, what was just read, the policy, the time. Out: one decision. Pure:
 * knows neither HTTP nor a cluster, and has no clock.
 */
@NullMarked
package dev.belay.rollout;

import org.jspecify.annotations.NullMarked;
