/**
 * The command line and the roles of the one artifact: gate, watcher, or both.
 *
 * <p>In: arguments and configuration. Out: the other rooms at work.
 */
@NullMarked
package dev.belay.cli;

import org.jspecify.annotations.NullMarked;
