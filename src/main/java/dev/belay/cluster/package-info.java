/**
 * Everything that talks to the API server: requests, discovery, writes, watches.
 *
 * <p>In: paths, keys and objects as JSON. Out: what the API server answered, as values; an
 * exception only when it could not be asked. Makes no decision about a release.
 */
@NullMarked
package dev.belay.cluster;

import org.jspecify.annotations.NullMarked;
