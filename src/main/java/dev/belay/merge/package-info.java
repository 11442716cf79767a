/**
 * What a client-side apply sends: the difference between three states of an object, as a patch.
 *
 * <p>In: objects as trees, and how the API server merges their lists. Out: a patch. Knows neither
 * HTTP nor a cluster.
 */
@NullMarked
package dev.belay.merge;

import org.jspecify.annotations.NullMarked;
