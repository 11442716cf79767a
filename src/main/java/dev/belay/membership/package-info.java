/**
 * Which release an object belongs to.
 *
 * <p>In: one object, or all objects of a namespace. Out: the name of the release that it says it
 * belongs to; or the releases that they make. Pure: knows neither HTTP nor a cluster.
 */
@NullMarked
package dev.belay.membership;

import org.jspecify.annotations.NullMarked;
