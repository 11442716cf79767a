/**
 * The custom resources and the names that Belay puts into a cluster: labels, annotations, types,
 * conditions, reasons.
 *
 * <p>Data only: no decision is made here and nothing is read or written.
 */
@NullMarked
package dev.belay.api;

import org.jspecify.annotations.NullMarked;
