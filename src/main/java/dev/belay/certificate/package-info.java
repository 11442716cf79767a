/**
 * The gate's own certificate.
 *
 * <p>In: the names it is called by, what is stored, the time. Out: what should be stored, the key
 * that the HTTP server uses, and the authorities that the API server has to trust. Knows no
 * cluster.
 */
@NullMarked
package dev.belay.certificate;

import org.jspecify.annotations.NullMarked;
