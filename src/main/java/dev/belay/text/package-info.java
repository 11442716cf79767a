/**
 * Small readers and writers of text that users, containers and API servers wrote.
 *
 * <p>In: text of any length and content. Out: text that is safe to print, or what was read in it.
 * Each takes time in proportion to the text. Knows nothing of Kubernetes.
 */
@NullMarked
package dev.belay.text;

import org.jspecify.annotations.NullMarked;
