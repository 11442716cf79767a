package dev.belay.preflight;

/**
 * An outcome, and of what.
 *
 * @param name the object
 * @param of what of it the outcome is about, as the begin of a sentence; empty for the object
 *     itself
 * @param outcome the outcome
 */
record Said(String name, String of, Outcome outcome) {}
