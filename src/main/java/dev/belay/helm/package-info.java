/**
 * Helm's release record: reading it out of its Secret and writing it back as Helm would.
 *
 * <p>In: Secrets of type {@code helm.sh/release.v1}. Out: records, and Secrets to write. The record
 * stays the JSON tree it is, so nothing is lost that Helm knows and we don't. Talks to no cluster.
 */
@NullMarked
package dev.belay.helm;

import org.jspecify.annotations.NullMarked;
