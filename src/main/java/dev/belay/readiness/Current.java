package dev.belay.readiness;

/** The object is as its spec asks. */
public record Current(String message) implements Readiness {}
