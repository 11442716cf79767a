package dev.belay.watcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Objects;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.masking.Masking;
import dev.belay.membership.References;
import dev.belay.readiness.Related;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The values that nothing may tell which Belay says of a release: those of its own Secrets, and of
 * all that its Pods use, whoever made them.
 */
@ApplicationScoped
class KnownSecrets {

  /**
   * A termination message has at most the last 2,048 or 4,096 bytes of a log or file, and fewer
   * where a Pod has many containers (kubelet, MaxContainerTerminationMessageLength).
   */
  private static final int MAY_BE_CUT_CHARS = 512;

  private final Objects objects;
  private final Twice<ObjectKey> refused = new Twice<>();

  KnownSecrets(Objects objects) {
    this.objects = objects;
  }

  /**
   * Those of these objects.
   *
   * @param namespace of objects that name none
   */
  Values of(String namespace, List<KubeObject> release) {
    return new Values(namespace, release);
  }

  /** Values that are read when there is something to mask, once. */
  final class Values {

    private final String namespace;
    private final List<KubeObject> release;
    private @Nullable Masking read;

    private Values(String namespace, List<KubeObject> release) {
      this.namespace = namespace;
      this.release = release;
    }

    /** What masks them all. */
    synchronized Masking masking() {
      if (read == null) {
        List<KubeObject> secrets = new ArrayList<>(release);
        AtOnce.map(List.copyOf(used()), KnownSecrets.this::secret)
            .forEach(secret -> secret.ifPresent(secrets::add));
        read = Masking.of(secrets);
      }
      return read;
    }

    private Set<ObjectKey> used() {
      Set<ObjectKey> used = new HashSet<>();
      for (KubeObject object : release) {
        used.addAll(References.ofPods(objects.placed(object, namespace)));
      }
      used.removeIf(key -> !key.kind().equals("Secret"));
      return used;
    }

    /**
     * What these Pods say of themselves is quoted later, and cut: it is masked while it is whole.
     * Conditions are the kubelet's words and the scheduler's: each Pod that starts has some, and
     * the Secrets would be read for them.
     */
    Related masked(Related related) {
      for (KubeObject pod : related.pods()) {
        for (Map.Entry<String, JsonNode> field : pod.json().path("status").properties()) {
          if (!field.getKey().equals("conditions")) {
            mask(field);
          }
        }
      }
      return related;
    }

    /** The same of Events, which quote probes, schedulers and provisioners. */
    List<KubeObject> masked(List<KubeObject> events) {
      events.forEach(event -> mask(event.json()));
      return events;
    }

    private void mask(JsonNode node) {
      node.properties().forEach(this::mask);
      if (node.isArray()) {
        node.forEach(this::mask);
      }
    }

    private void mask(Map.Entry<String, JsonNode> field) {
      if (field.getKey().equals("message") && field.getValue().isTextual()) {
        field.setValue(TextNode.valueOf(maskQuoted(field.getValue().textValue())));
      } else {
        mask(field.getValue());
      }
    }

    String mask(String text) {
      return text.isEmpty() ? text : masking().mask(text);
    }

    /** The same of what a Pod or an Event quotes: a long one may have been cut before. */
    String maskQuoted(String text) {
      return text.length() < MAY_BE_CUT_CHARS ? mask(text) : maskCut(text);
    }

    /** The same of a text of which others have left only a part. */
    String maskCut(String text) {
      return text.isEmpty() ? text : masking().maskCut(text);
    }
  }

  /**
   * One that Belay may not read has no values that Belay could know. That is believed when it is
   * said twice: what is quoted without it would be quoted for good.
   */
  private Optional<KubeObject> secret(ObjectKey key) {
    try {
      Optional<KubeObject> secret = objects.get("v1", "Secret", key.namespace(), key.name());
      refused.unsaid(key);
      return secret;
    } catch (ClusterException e) {
      if (!e.forbidden() || !refused.said(key)) {
        throw e;
      }
      return Optional.empty();
    }
  }
}
