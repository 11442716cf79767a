/**
 * What people are told about a failure: differences and quoted text, masked and bounded.
 *
 * <p>In: objects and text, as read. Out: values ready to be written to a status, an Event or a
 * message. Knows neither HTTP nor a cluster.
 */
@NullMarked
package dev.belay.report;

import org.jspecify.annotations.NullMarked;
