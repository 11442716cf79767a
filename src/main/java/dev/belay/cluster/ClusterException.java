package dev.belay.cluster;

import java.time.Duration;

/** The API server could not be reached, or refused something that Belay needs. */
public final class ClusterException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private static final int CONFLICT = 409;
  private static final int FORBIDDEN = 403;
  private static final int UNAUTHORIZED = 401;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERROR = 500;

  private final int code;
  private final boolean unknownPath;
  private final Duration retryAfter;

  /**
   * What the API server has refused.
   *
   * @param code the HTTP status, 0 when there was no answer that could be read
   */
  public ClusterException(String message, int code) {
    this(message, code, Duration.ZERO);
  }

  /**
   * The same, with the time after which it wants to be asked again.
   *
   * @param retryAfter zero where it says none
   */
  ClusterException(String message, int code, Duration retryAfter) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
    this.unknownPath = false;
  }

  public ClusterException(String message, Throwable cause) {
    super(message + ": " + cause, cause);
    this.code = 0;
    this.retryAfter = Duration.ZERO;
    this.unknownPath = false;
  }

  private ClusterException(String message, boolean unknownPath) {
    super(message);
    this.code = 0;
    this.retryAfter = Duration.ZERO;
    this.unknownPath = unknownPath;
  }

  /**
   * An answer 404 that names no object: the API server does not know the path, or a proxy spoke.
   */
  static ClusterException ofUnknownPath(String message) {
    return new ClusterException(message, true);
  }

  /** The HTTP status of the API server's refusal; 0 when there was no answer that could be read. */
  public int code() {
    return code;
  }

  /** Whether somebody else has written it meanwhile: it has to be read anew. */
  public boolean conflict() {
    return code == CONFLICT;
  }

  /** Whether the API server says that Belay may not do what it asked for. */
  public boolean forbidden() {
    return code == FORBIDDEN;
  }

  /**
   * Whether the same may be answered otherwise in a moment: there was no answer, or it was about
   * the server and not about the request. Whether a write was done is not known then.
   */
  public boolean isPassing() {
    return isPassing(code);
  }

  static boolean isPassing(int code) {
    return code == 0 || code == TOO_MANY_REQUESTS || code == UNAUTHORIZED || code >= SERVER_ERROR;
  }

  /** Whether the path may be that of a kind which is not served any more. */
  boolean isUnknownPath() {
    return unknownPath;
  }

  /** After which time the API server wants to be asked again; zero where it says none. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
