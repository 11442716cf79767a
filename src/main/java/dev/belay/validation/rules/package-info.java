/**
 * The rules, one class each, named like its id: {@code HpaMinReplicas} is {@code hpa-min-replicas}.
 *
 * <p>Each mirrors what the API server itself would refuse, so that the whole release is refused
 * before its first object is written. None denies what the API server accepts.
 */
@NullMarked
package dev.belay.validation.rules;

import org.jspecify.annotations.NullMarked;
