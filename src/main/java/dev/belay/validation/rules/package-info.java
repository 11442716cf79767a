/**
 * The rules, one class each, named like its id: {@code HpaMinReplicas} is {@code hpa-min-replicas}.
 *
 * <p>A rule that denies mirrors what the API server itself would refuse, so that the whole release
 * is refused before its first object is written; none denies what the API server accepts. A rule
 * that warns says what the API server accepts and what can't work.
 */
@NullMarked
package dev.belay.validation.rules;

import org.jspecify.annotations.NullMarked;
