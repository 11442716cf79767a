package dev.belay.report;

import dev.belay.manifest.ObjectKey;

/**
 * One field that differs between two states of an object.
 *
 * @param object the object
 * @param field its path: {@code spec.template.spec.containers[web].image}; {@code object} for the
 *     object as a whole
 * @param before the value in the stable state, at most {@value Difference#MAX_VALUE_CHARS}
 *     characters; {@code (absent)} or {@code (masked)}
 * @param after the same in the failed state
 */
public record FieldChange(ObjectKey object, String field, String before, String after) {}
