package dev.belay.readiness;

/** The object is not yet as its spec asks, and may still become so by itself. */
public record InProgress(String message) implements Readiness {}
