package dev.belay.admission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.re2j.Pattern;
import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Deadline;
import dev.belay.cluster.DryRun;
import dev.belay.manifest.KubeObject;
import dev.belay.membership.Marks;
import dev.belay.merge.JsonMerge;
import dev.belay.validation.Finding;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * The first look at a single object. The API server validates objects after this webhook and before
 * the validating ones: what it is about to refuse can be explained, and put down on the release,
 * only here. It is found by asking the API server for a dry run of the same write: an update as a
 * PUT, whatever the client has sent, or as a patch where the user may not replace the object.
 *
 * <p>Not asked again for what Helm writes after its pre-flight has passed.
 */
@ApplicationScoped
class EarlyGate implements Webhook {

  private static final Logger LOG = Logger.getLogger(EarlyGate.class);

  /** As the API server says that somebody has no right (apiserver, responsewriters, errors.go). */
  private static final Pattern NO_RIGHT =
      Pattern.compile("User \"[^\"]*\" cannot [a-z]+ resource \"");

  private static final Pattern NO_UPDATE =
      Pattern.compile("User \"[^\"]*\" cannot update resource \"");

  private final DryRun dryRun;
  private final PassedPreflights preflights;
  private final Severities severities;

  EarlyGate(DryRun dryRun, PassedPreflights preflights, Severities severities) {
    this.dryRun = dryRun;
    this.preflights = preflights;
    this.severities = severities;
  }

  @Override
  public String entry() {
    return "early";
  }

  @Override
  public Answer review(Review review, Deadline deadline) {
    if (Ratchet.harmless(review) && !Ratchet.changesMarks(review)) {
      return Answer.allow();
    }
    List<Finding> mistakes = Ratchet.newMistakes(review, severities.of(review));
    KubeObject object = review.object();
    boolean checked =
        Marks.release(object).map(release -> preflights.covers(review, release)).orElse(false);
    return checked && mistakes.isEmpty() ? Answer.allow() : ask(review, object, mistakes, deadline);
  }

  /** What the API server accepts is right, whatever a rule says: a webhook may repair it. */
  private Answer ask(Review review, KubeObject object, List<Finding> mistakes, Deadline deadline) {
    DryRun.Answer answer;
    try {
      // With the rest of the time a refusal is put down.
      Duration most = deadline.left().multipliedBy(3).dividedBy(4);
      answer = InTime.ask(most, () -> dryRun(review, object));
    } catch (ClusterException e) {
      // The API server is about to judge the object itself; what a rule knows is said all the same.
      LOG.debugf("dry run of %s: %s", object.key(), e.getMessage());
      return ObjectRefusal.of(review, mistakes);
    }
    if (answer.response().ok()) {
      return Answer.allow();
    }
    if (!mistakes.isEmpty()) {
      return ObjectRefusal.of(review, mistakes);
    }
    return decisive(answer) ? ObjectRefusal.of(review, answer.response()) : Answer.allow();
  }

  private DryRun.Answer dryRun(Review review, KubeObject object) {
    if (review.operation().equals("CREATE")) {
      return dryRun.create(object, review.actor(), review.fieldManager());
    }
    DryRun.Answer replaced = dryRun.replace(object, review.actor(), review.fieldManager());
    return mayOnlyPatch(replaced)
        ? dryRun.patch(object, change(review), false, review.actor(), review.fieldManager())
        : replaced;
  }

  /** Whoever gets this answer has come here by a patch, if it is an update that is asked about. */
  private static boolean mayOnlyPatch(DryRun.Answer answer) {
    return answer.asActor()
        && answer.response().code() == 403
        && NO_UPDATE.matcher(answer.response().message()).find();
  }

  /**
   * The update as a merge patch, without what each manager owns, which the gate does not read. Such
   * a patch has no way to say {@code null}, which in all that is gated is the same as no field.
   */
  private static ObjectNode change(Review review) {
    ObjectNode change = JsonMerge.patch(review.oldObject().json(), review.object().json());
    if (change.get("metadata") instanceof ObjectNode metadata) {
      metadata.remove("managedFields");
    }
    return change;
  }

  /**
   * Whether the answer is about the object, as it is going to be stored. A conflict is settled
   * between the client and the API server; missing rights are about this way of asking, since the
   * write itself has been let in.
   */
  private static boolean decisive(DryRun.Answer answer) {
    ApiResponse response = answer.response();
    if (answer.notAnswered() || MutatedTwice.explains(response, answer.asked())) {
      return false;
    }
    return switch (response.code()) {
      case 400, 422 -> true;
      case 403 -> answer.asActor() && !NO_RIGHT.matcher(response.message()).find();
      default -> false;
    };
  }
}
