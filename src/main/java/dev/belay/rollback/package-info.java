/**
 * How a stable revision is put back: which steps, in which order, and what each object must look
 * like afterwards.
 *
 * <p>In: the stable objects, the live ones, the keys that the failed change named. Out: steps and
 * objects to write. Pure: knows neither HTTP nor a cluster.
 */
@NullMarked
package dev.belay.rollback;

import org.jspecify.annotations.NullMarked;
