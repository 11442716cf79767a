/**
 * Is this object Current, InProgress or Failed, and why? One file a kind.
 *
 * <p>In: an object and what belongs to it, as read from the cluster, and the time. Out: a {@link
 * dev.belay.readiness.Readiness}. Knows neither HTTP nor a cluster, and decides nothing about what
 * to do.
 */
@NullMarked
package dev.belay.readiness;

import org.jspecify.annotations.NullMarked;
