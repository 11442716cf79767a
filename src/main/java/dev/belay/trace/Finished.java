package dev.belay.trace;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that took longer than one process may live, and has ended: it is told as a whole, by
 * whoever sees its end.
 *
 * @param name unlike that of any other in its trace
 * @param parent name of what it is a part of; null for the first of its trace
 * @param attributes what is known of it; no secrets. What is empty is left out
 * @param moments what happened in between, and when
 * @param failure why it did not end well, no secrets; null if it did
 */
public record Finished(
    String name,
    @Nullable String parent,
    Instant begun,
    Instant ended,
    Map<String, String> attributes,
    Map<String, Instant> moments,
    @Nullable String failure) {}
