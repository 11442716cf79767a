/**
 * What is wrong with these objects: rules, findings, and the one place that runs them.
 *
 * <p>In: objects. Out: findings, in the order of the objects. Knows neither who asks nor what
 * becomes of a finding; talks to no cluster: what is live it is told by a {@link
 * dev.belay.validation.Lookup}.
 */
@NullMarked
package dev.belay.validation;

import org.jspecify.annotations.NullMarked;
