package dev.belay.readiness;

/** All reasons of a {@link Cause}. They are API: people and alerts match on them. */
public final class Reasons {

  public static final String CRASH_LOOP = "CrashLoop";
  public static final String OUT_OF_MEMORY = "OutOfMemory";
  public static final String PROBE_FAILED = "ProbeFailed";
  public static final String IMAGE_PULL_FAILED = "ImagePullFailed";
  public static final String CONTAINER_CONFIG_INVALID = "ContainerConfigInvalid";
  public static final String CONTAINER_NOT_STARTED = "ContainerNotStarted";
  public static final String POD_FAILED = "PodFailed";
  public static final String PODS_REFUSED = "PodsRefused";
  public static final String PROGRESS_DEADLINE_EXCEEDED = "ProgressDeadlineExceeded";
  public static final String JOB_FAILED = "JobFailed";
  public static final String VOLUME_LOST = "VolumeLost";
  public static final String NAMES_NOT_ACCEPTED = "NamesNotAccepted";
  public static final String NOT_ESTABLISHED = "NotEstablished";
  public static final String STALLED = "Stalled";

  private Reasons() {}
}
