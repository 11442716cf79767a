/**
 * Which release an object belongs to.
 *
 * <p>In: an object. Out: the name of its release, if it carries a mark of one. Knows nothing but
 * the object.
 */
@NullMarked
package dev.belay.membership;

import org.jspecify.annotations.NullMarked;
