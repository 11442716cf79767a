/**
 * Revisions: a release's objects as they stood when they had proved themselves, and the form in
 * which they are kept.
 *
 * <p>In: objects. Out: Secrets, and back. Pure: knows neither HTTP nor a cluster.
 */
@NullMarked
package dev.belay.revision;

import org.jspecify.annotations.NullMarked;
