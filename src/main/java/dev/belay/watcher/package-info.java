/**
 * The way of the data: observe, decide, save, act, report; one release at a time.
 *
 * <p>In: names of releases that may have changed. Out: writes to the cluster. Decides nothing
 * itself and sends no request itself.
 */
@NullMarked
package dev.belay.watcher;

import org.jspecify.annotations.NullMarked;
