/**
 * The gate's own certificate.
 *
 * <p>In: the names it is called by, a folder. Out: PEM files that the HTTP server reads, and the
 * authority that the API server has to trust. Knows no cluster.
 */
@NullMarked
package dev.belay.certificate;

import org.jspecify.annotations.NullMarked;
