package dev.belay.revision;

/** A stored revision that is damaged or incomplete; the message says which part. */
public final class RevisionException extends Exception {

  private static final long serialVersionUID = 1;

  public RevisionException(String message) {
    super(message);
  }
}
