package dev.belay.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.DryRun;
import dev.belay.cluster.Objects;
import dev.belay.manifest.KubeObject;
import dev.belay.preflight.Outcome.Accepted;
import dev.belay.preflight.Outcome.Depends;
import dev.belay.preflight.Outcome.Refused;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Asks about an object as Helm 4 applies it on the server: strictly, and without force (helm
 * v4.3.1, pkg/kube/client.go, patchResourceServerSide).
 *
 * <p>Two things about the live object are looked up only when the API server says no. Another
 * program with Helm built in writes fields under its own name. And where the release was applied by
 * a client before, Helm first makes its fields those of server-side apply, which a dry run can't;
 * what follows is then what the three-way merge gives.
 */
@ApplicationScoped
class ServerSideWrite {

  private final DryRun dryRun;
  private final Objects objects;
  private final ClientSideWrite clientSide;

  ServerSideWrite(DryRun dryRun, Objects objects, ClientSideWrite clientSide) {
    this.dryRun = dryRun;
    this.objects = objects;
    this.clientSide = clientSide;
  }

  Outcome ask(Question question, KubeObject object) {
    if (object.name().isEmpty()) {
      return new Refused("metadata.name", "Helm can't apply it on the server without a name");
    }
    DryRun.Answer answer = apply(question, object, question.fieldManager(), false);
    if (answer.response().ok()) {
      return Accepted.of(answer.response());
    }
    Optional<KubeObject> live = objects.live(object, question.actor());
    String manager = live.flatMap(is -> writer(is, question)).orElse(question.fieldManager());
    if (!manager.equals(question.fieldManager())) {
      answer = apply(question, object, manager, false);
    }
    if (live.isPresent() && appliedByClient(live.get(), manager)) {
      return migrated(question, object, live.get(), manager, answer.response());
    }
    if (answer.response().conflict() && !object.resourceVersion().isEmpty()) {
      return new Refused("metadata.resourceVersion", answer.response().message());
    }
    return answer.response().conflict()
        ? forced(question, object, manager, answer.response())
        : question.outcome(answer);
  }

  private DryRun.Answer apply(Question question, KubeObject object, String manager, boolean force) {
    return dryRun.apply(object, question.actor(), manager, force, DryRun.STRICT);
  }

  /** With {@code --force-conflicts} the object has to be valid; without it, the conflict stands. */
  private Outcome forced(
      Question question, KubeObject object, String manager, ApiResponse conflict) {
    DryRun.Answer forced = apply(question, object, manager, true);
    return forced.response().ok()
        ? new Depends(flagged(conflict.message()), forced.response().object())
        : question.outcome(forced);
  }

  private Outcome migrated(
      Question question, KubeObject object, KubeObject live, String manager, ApiResponse said) {
    List<String> others =
        conflicts(said)
            .filter(conflict -> !conflict.startsWith("conflict with \"" + manager + "\""))
            .toList();
    Outcome outcome = clientSide.merge(question, object, live);
    return outcome instanceof Accepted accepted && !others.isEmpty()
        ? new Depends(flagged(String.join(", ", others)), accepted.stored())
        : outcome;
  }

  private static Stream<String> conflicts(ApiResponse said) {
    return said.object().list("details", "causes").stream()
        .map(cause -> cause.path("message").asText("") + ": " + cause.path("field").asText(""));
  }

  private static String flagged(String conflict) {
    return conflict + " (only `helm upgrade --force-conflicts` would apply it)";
  }

  /** The name under which the object's fields were applied, where that is not the expected one. */
  private static Optional<String> writer(KubeObject live, Question question) {
    List<String> appliers =
        managers(live, "Apply").map(entry -> entry.path("manager").asText()).toList();
    return appliers.contains(question.fieldManager())
            || appliedByClient(live, question.fieldManager())
        ? Optional.empty()
        : appliers.stream().findFirst();
  }

  private static boolean appliedByClient(KubeObject live, String manager) {
    return managers(live, "Update")
        .anyMatch(entry -> entry.path("manager").asText().equals(manager));
  }

  private static Stream<JsonNode> managers(KubeObject live, String operation) {
    return live.list("metadata", "managedFields").stream()
        .filter(entry -> entry.path("operation").asText().equals(operation))
        .filter(entry -> entry.path("subresource").asText("").isEmpty());
  }
}
