/**
 * Spans of what Belay does. In: what begins and ends, by names and texts of those who do it. Out:
 * OpenTelemetry, to the endpoint that is set; nothing where none is. It knows no other room, and no
 * other room knows OpenTelemetry.
 */
@NullMarked
package dev.belay.trace;

import org.jspecify.annotations.NullMarked;
