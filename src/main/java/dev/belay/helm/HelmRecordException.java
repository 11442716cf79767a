package dev.belay.helm;

/**
 * A release record that can't be read. The message says which layer of it is broken, and never what
 * it holds: records hold values and Secrets.
 */
public final class HelmRecordException extends Exception {

  private static final long serialVersionUID = 1;

  public HelmRecordException(String message) {
    super(message);
  }
}
