package dev.belay.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.cluster.DryRun;
import dev.belay.cluster.Objects;
import dev.belay.cluster.Schemas;
import dev.belay.manifest.KubeObject;
import dev.belay.merge.JsonMerge;
import dev.belay.merge.MergeType;
import dev.belay.merge.ThreeWayMerge;
import dev.belay.merge.ThreeWayMerge.NotMergeable;
import dev.belay.preflight.Outcome.Accepted;
import dev.belay.preflight.Outcome.Depends;
import dev.belay.preflight.Outcome.Refused;
import dev.belay.preflight.Outcome.Unknown;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/**
 * Asks about an object as Helm 3 writes it, and Helm 4 where it does not apply on the server: POST
 * where it is not there, else the three-way merge patch, and nothing where that is empty (helm
 * v3.22.0 and v4.3.1, pkg/kube/client.go, update, createPatch).
 */
@ApplicationScoped
class ClientSideWrite {

  /** How often an object is read anew that others write: what client-go's DefaultRetry has. */
  private static final int TRIES = 5;

  private final DryRun dryRun;
  private final Objects objects;
  private final Schemas schemas;

  ClientSideWrite(DryRun dryRun, Objects objects, Schemas schemas) {
    this.dryRun = dryRun;
    this.objects = objects;
    this.schemas = schemas;
  }

  Outcome ask(Question question, KubeObject object) {
    Optional<KubeObject> live =
        object.name().isEmpty() ? Optional.empty() : objects.live(object, question.actor());
    return live.isPresent()
        ? merge(question, object, live.get())
        : question.outcome(dryRun.create(object, question.actor(), question.fieldManager()));
  }

  /** As Helm patches this live object. */
  Outcome merge(Question question, KubeObject object, KubeObject live) {
    Optional<DryRun.Answer> patched;
    try {
      patched = patched(question.change(), question.before(), object, live);
    } catch (NotMergeable e) {
      return new Refused("", "Helm can't merge it: " + e.getMessage());
    }
    if (patched.isEmpty()) {
      return Accepted.asItIs(live);
    }
    DryRun.Answer answer = patched.get();
    if (answer.response().conflict() && !object.resourceVersion().isEmpty()) {
      // Helm sends the version that the manifest names: the object has to be of that one.
      return new Refused("metadata.resourceVersion", answer.response().message());
    }
    return orForced(question, object, live, question.outcome(answer));
  }

  /** The answer for what Helm sends to make this object of the live one; empty for nothing. */
  Optional<DryRun.Answer> patched(
      Change change, AppliedBefore before, KubeObject object, KubeObject live) throws NotMergeable {
    ObjectNode original =
        before
            .object(object)
            .map(KubeObject::json)
            // An object that the release takes over is compared with itself.
            .orElse(object.json());
    Optional<MergeType> type = schemas.mergeType(object);
    ObjectNode patch =
        type.isPresent()
            ? ThreeWayMerge.patch(original, object.json(), live.json(), type.get())
            : JsonMerge.patch(original, object.json());
    return patch.isEmpty()
        ? Optional.empty()
        : Optional.of(
            dryRun.patch(object, patch, type.isPresent(), change.actor(), change.fieldManager()));
  }

  /** {@code --force} replaces the object, whatever others have set in it. */
  Outcome orForced(Question question, KubeObject object, KubeObject live, Outcome outcome) {
    if (!(outcome instanceof Refused refused)) {
      return outcome;
    }
    if (!object.uid().isEmpty() && !object.uid().equals(live.uid())) {
      return refused; // A conflict for good: what the manifest names is another object.
    }
    DryRun.Answer forced = replaced(question, object, live);
    for (int again = 1; forced.response().conflict() && again < TRIES; again++) {
      // Others write it just now, as the controller does that counts its Pods. Helm reads it anew.
      forced = replaced(question, object, objects.live(object, question.actor()).orElse(live));
    }
    if (forced.response().conflict()) {
      return new Unknown(refused.message());
    }
    return forced.response().ok()
        ? new Depends(
            refused.message() + " (only `helm upgrade --force` would apply it)",
            forced.response().object())
        : refused;
  }

  private DryRun.Answer replaced(Question question, KubeObject object, KubeObject live) {
    KubeObject replacement = object.copy();
    JsonNode version = JsonNodeFactory.instance.textNode(live.resourceVersion());
    replacement.json().withObjectProperty("metadata").set("resourceVersion", version);
    return dryRun.replace(replacement, question.actor(), question.fieldManager());
  }
}
