package dev.belay.readiness;

/** CronJob: never gates; the Jobs it makes are none of the release's. */
final class CronJobReadiness {

  private CronJobReadiness() {}

  static Readiness judge(Subject subject) {
    return new Current(
        subject.object().at("spec", "suspend").asBoolean() ? "Suspended" : "Scheduled");
  }
}
