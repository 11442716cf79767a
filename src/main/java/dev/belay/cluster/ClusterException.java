package dev.belay.cluster;

/** The API server could not be reached, or refused something that Belay needs. */
public final class ClusterException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int code;

  /**
   * @param code the HTTP status, 0 when there was no answer
   */
  public ClusterException(String message, int code) {
    super(message);
    this.code = code;
  }

  public ClusterException(String message, Throwable cause) {
    super(message + ": " + cause, cause);
    this.code = 0;
  }

  public int code() {
    return code;
  }

  /** Whether somebody else has written it meanwhile: it has to be read anew. */
  public boolean conflict() {
    return code == 409;
  }

  /** Whether Belay has no right to what it asked for: asking again is of no use. */
  public boolean forbidden() {
    return code == 403;
  }
}
