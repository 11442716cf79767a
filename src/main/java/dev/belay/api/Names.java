package dev.belay.api;

/** Labels, annotations, types and managers that Belay uses in a cluster. */
public final class Names {

  public static final String GROUP = "belay.dev";
  public static final String API_VERSION = GROUP + "/v1alpha1";

  /** Label of a namespace: what Belay does there, {@link Mode}. */
  public static final String MODE_LABEL = "belay.dev/mode";

  /**
   * Label of everything that Belay stores for a release; on an object of a user, as a label or an
   * annotation, the release that it belongs to.
   */
  public static final String RELEASE_LABEL = "belay.dev/release";

  /** Label of a revision's Secrets: the number of the revision. */
  public static final String REVISION_LABEL = "belay.dev/revision";

  /** Annotation of a {@code Release}: the time a change set has to become ready, as {@code 90s}. */
  public static final String TIMEOUT_ANNOTATION = "belay.dev/timeout";

  /**
   * Annotation of a {@code Release}: more exits than its policy asks for before a crash loop fails.
   */
  public static final String FAILURE_EXITS_ANNOTATION = "belay.dev/failure-exits";

  /** Annotation of a {@code Release}: a longer time since the first exit than its policy's. */
  public static final String FAILURE_MINIMUM_ANNOTATION = "belay.dev/failure-minimum";

  /** Annotation of a Helm record that Belay wrote: the rollback it belongs to. */
  public static final String ROLLBACK_ANNOTATION = "belay.dev/rollback";

  /** Type of the Secrets in which revisions are kept. */
  public static final String REVISION_TYPE = "belay.dev/revision.v1";

  /** Field manager of Belay's own writes. */
  public static final String FIELD_MANAGER = "belay";

  /** Annotation of a {@code Release}: any new value lifts the lock on a change that failed. */
  public static final String RETRY_ANNOTATION = "belay.dev/retry";

  /** Annotation of a {@code Release}: Belay's number of the stored revision to be restored. */
  public static final String ROLLBACK_TO_ANNOTATION = "belay.dev/rollback-to";

  /** Name of both webhook configurations that Belay keeps pointed at itself. */
  public static final String WEBHOOK_CONFIGURATION = "belay";

  private Names() {}
}
