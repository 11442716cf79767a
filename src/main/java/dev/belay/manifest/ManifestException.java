package dev.belay.manifest;

/** A manifest that can't be read; the message says where and why. */
public final class ManifestException extends Exception {

  private static final long serialVersionUID = 1;

  public ManifestException(String message) {
    super(message);
  }
}
