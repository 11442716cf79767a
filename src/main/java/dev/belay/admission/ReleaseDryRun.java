package dev.belay.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.DryRun;
import dev.belay.helm.HelmRecord;
import dev.belay.manifest.KubeObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks the API server about every object of a release, without applying any: what validation,
 * admission policies, quotas and other webhooks would refuse half way through is known before.
 */
@ApplicationScoped
class ReleaseDryRun {

  /**
   * How admission says no to the object itself: other webhooks, policies, quota, Pod Security.
   * Every other 403 may be about Belay's rights, or about something that the release brings along.
   */
  private static final List<String> REFUSED_BY_ADMISSION =
      List.of(
          "denied the request",
          "ValidatingAdmissionPolicy",
          "exceeded quota",
          "violates PodSecurity");

  /** Requests under way at once for one release. */
  private static final int PARALLEL = 8;

  private final DryRun dryRun;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  ReleaseDryRun(DryRun dryRun) {
    this.dryRun = dryRun;
  }

  /** What the API server would refuse, and what a person should know besides. */
  record Result(List<Refusal> refusals, List<String> warnings) {}

  /** One object that would be refused. */
  record Refusal(String field, String message) {}

  /** Dry-runs these objects; those without an answer at the deadline are told in a warning. */
  Result run(HelmRecord record, String namespace, List<KubeObject> objects, Deadline deadline) {
    Set<String> brought = broughtKinds(objects);
    Set<String> newNamespaces = newNamespaces(objects);
    Semaphore slots = new Semaphore(PARALLEL);
    List<KubeObject> asked = new ArrayList<>();
    List<Future<Outcome>> answers = new ArrayList<>();
    for (KubeObject object : objects) {
      // Neither its kind nor its namespace is there before the release is applied.
      if (brought.contains(object.key().groupKind())
          || newNamespaces.contains(object.namespace())) {
        continue;
      }
      KubeObject owned = owned(object, record, namespace);
      asked.add(object);
      answers.add(
          threads.submit(
              () -> {
                slots.acquire();
                try {
                  return ask(record, namespace, owned);
                } finally {
                  slots.release();
                }
              }));
    }
    return collect(asked, answers, deadline);
  }

  private static Result collect(
      List<KubeObject> asked, List<Future<Outcome>> answers, Deadline deadline) {
    List<Refusal> refusals = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    int unanswered = 0;
    for (int i = 0; i < answers.size(); i++) {
      Future<Outcome> future = answers.get(i);
      String name = asked.get(i).key().display();
      try {
        Outcome outcome = future.get(deadline.left().toMillis(), TimeUnit.MILLISECONDS);
        outcome.warnings().forEach(warning -> warnings.add(name + ": " + warning));
        outcome
            .refusal()
            .ifPresent(message -> refusals.add(new Refusal("", name + ": " + message)));
      } catch (TimeoutException e) {
        future.cancel(true);
        unanswered++;
      } catch (ExecutionException e) {
        warnings.add(name + ": Belay could not ask the API server about it");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        unanswered++;
      }
    }
    if (unanswered > 0) {
      warnings.add(
          "Belay had no time to check %d of %d objects".formatted(unanswered, asked.size()));
    }
    return new Result(refusals, warnings);
  }

  private record Outcome(Optional<String> refusal, List<String> warnings) {}

  private Outcome ask(HelmRecord record, String namespace, KubeObject object) {
    Optional<ApiResponse> answer = dryRun.apply(object, namespace, record.serverSideApply());
    if (answer.isEmpty() || answer.get().ok()) {
      return new Outcome(Optional.empty(), List.of());
    }
    ApiResponse refused = answer.get();
    if (refused.conflict()) {
      return new Outcome(Optional.empty(), List.of(refused.message()));
    }
    if (!decisive(refused)) {
      throw new ClusterException(refused.message(), refused.code());
    }
    return new Outcome(Optional.of(message(refused, object)), List.of());
  }

  /**
   * Whether the API server has judged the object. Belay's own missing rights, a kind or namespace
   * that is not there, and the server's own trouble say nothing about the release.
   */
  private static boolean decisive(ApiResponse refused) {
    return switch (refused.code()) {
      case 400, 422 -> true;
      case 403 -> REFUSED_BY_ADMISSION.stream().anyMatch(refused.message()::contains);
      default -> false;
    };
  }

  /** The server's words, without the object's name when they begin with it. */
  private static String message(ApiResponse refused, KubeObject object) {
    String message = refused.message();
    String opening = "\"%s\" is invalid: ".formatted(object.name());
    int at = message.indexOf(opening);
    return at < 0 ? message : message.substring(at + opening.length());
  }

  /** As Helm sends it: with its marks of ownership (action/validate.go, setMetadataVisitor). */
  private static KubeObject owned(KubeObject object, HelmRecord record, String namespace) {
    if (!object.at("metadata").isMissingNode() && !object.at("metadata").isObject()) {
      return object; // The API server says what is wrong with it.
    }
    KubeObject owned = object.copy();
    ObjectNode metadata = owned.json().withObjectProperty("metadata");
    put(metadata, "labels", "app.kubernetes.io/managed-by", "Helm");
    put(metadata, "annotations", "meta.helm.sh/release-name", record.name());
    put(metadata, "annotations", "meta.helm.sh/release-namespace", namespace);
    return owned;
  }

  private static void put(ObjectNode metadata, String map, String key, String value) {
    JsonNode present = metadata.get(map);
    ObjectNode entries = present instanceof ObjectNode o ? o : metadata.putObject(map);
    entries.put(key, value);
  }

  private static Set<String> broughtKinds(List<KubeObject> objects) {
    Set<String> kinds = new HashSet<>();
    for (KubeObject object : objects) {
      if (object.kind().equals("CustomResourceDefinition")) {
        kinds.add(
            object.text("", "spec", "names", "kind") + "." + object.text("", "spec", "group"));
      }
    }
    return kinds;
  }

  private static Set<String> newNamespaces(List<KubeObject> objects) {
    Set<String> names = new HashSet<>();
    for (KubeObject object : objects) {
      if (object.kind().equals("Namespace") && object.group().isEmpty()) {
        names.add(object.name());
      }
    }
    return names;
  }
}
