/**
 * Keeps values of Secrets out of text that users, containers and the API server wrote.
 *
 * <p>In: the Secrets, and text in any spelling. Out: the text with such values masked. Time grows
 * with the sum of both, memory with the Secrets. Knows neither HTTP nor a cluster.
 */
@NullMarked
package dev.belay.masking;

import org.jspecify.annotations.NullMarked;
