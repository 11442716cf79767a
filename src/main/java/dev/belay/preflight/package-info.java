/**
 * What would become of a whole release: each of its objects, hooks and Pods is put to the API
 * server as a question, in the form in which it is going to be written.
 *
 * <p>In: what Helm is about to do. Out: what would be refused, and what a person should know
 * besides. Changes nothing in the cluster, and knows nothing of reviews.
 */
@NullMarked
package dev.belay.preflight;

import org.jspecify.annotations.NullMarked;
