package dev.belay.certificate;

/**
 * What all replicas of the gate share, in PEM; an element that is not there is empty.
 *
 * @param authorities whom the API server is to trust: those of both leaves, and for a while that of
 *     the one before
 * @param certificate the leaf that is served
 * @param key its private key
 * @param nextCertificate the leaf that is served next, as soon as its authority is trusted
 * @param nextKey its private key
 */
public record StoredCertificates(
    String authorities, String certificate, String key, String nextCertificate, String nextKey) {

  /** Nothing yet. */
  public static final StoredCertificates NONE = new StoredCertificates("", "", "", "", "");

  /** Keys are in no message. */
  @Override
  public String toString() {
    return "StoredCertificates[" + certificate + "]";
  }
}
