package dev.belay.readiness;

/** The object will not become what its spec asks unless somebody changes something. */
public record Failed(Cause cause) implements Readiness {

  @Override
  public String message() {
    return cause.message();
  }
}
