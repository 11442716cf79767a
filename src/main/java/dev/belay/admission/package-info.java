/**
 * The gate: an AdmissionReview comes in, an answer goes out.
 *
 * <p>In: bytes from the API server. Out: allowed, denied with a reason that a person can act on, or
 * a 4xx for what is no review. Writes to the {@code Release} what it refused, who sent a change and
 * what was unready before it, and takes back what waiting clients were told; nothing else.
 */
@NullMarked
package dev.belay.admission;

import org.jspecify.annotations.NullMarked;
