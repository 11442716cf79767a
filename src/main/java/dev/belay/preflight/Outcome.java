package dev.belay.preflight;

import dev.belay.cluster.ApiResponse;
import dev.belay.manifest.KubeObject;

/** What became of one object that was put to the API server. */
sealed interface Outcome {

  int CREATED = 201;

  /**
   * It would be applied.
   *
   * @param stored as it would be stored
   * @param created whether it is not there yet
   */
  record Accepted(KubeObject stored, boolean created) implements Outcome {

    static Accepted of(ApiResponse response) {
      return new Accepted(response.object(), response.code() == CREATED);
    }

    /** Nothing about it is new. */
    static Accepted asItIs(KubeObject live) {
      return new Accepted(live, false);
    }
  }

  /**
   * Whether it would be applied depends on a flag of Helm that its record does not tell.
   *
   * @param message what stands in the way without the flag, and which flag it is
   * @param stored as it would be stored with the flag
   */
  record Depends(String message, KubeObject stored) implements Outcome {}

  /**
   * It would be refused.
   *
   * @param field where, if the API server says so; empty if not
   * @param message why, in the API server's words
   */
  record Refused(String field, String message) implements Outcome {}

  /**
   * It can't be asked about before the release is applied.
   *
   * @param why what of the release it needs, as people read it
   */
  record Comes(String why) implements Outcome {}

  /**
   * Nobody can say: Belay has no rights, the API server is in trouble, or the release changes what
   * it depends on.
   *
   * @param why in the API server's words
   * @param since what the release does that it depends on, in words that go on after <em>this
   *     release</em>; empty for nothing
   */
  record Unknown(String why, String since) implements Outcome {

    Unknown(String why) {
      this(why, "");
    }
  }
}
