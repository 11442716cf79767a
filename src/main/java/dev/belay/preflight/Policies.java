package dev.belay.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Objects;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.LabelSelector;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What admission policies judge by besides the object: their parameters are objects of any kind, so
 * that a release may bring those as well.
 *
 * @see <a href=
 *     "https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#parameter-resources">parameter
 *     resources</a>
 */
@ApplicationScoped
class Policies {

  /**
   * {@code ValidatingAdmissionPolicy 'limits' with binding 'strict' denied request: …}. One that
   * mutates is called {@code policy} only.
   */
  private static final Pattern NAMED =
      Pattern.compile("(ValidatingAdmissionPolicy|policy) '([^']+)' with binding '([^']+)'");

  private static final String VERSION = "admissionregistration.k8s.io/v1";

  private final Objects objects;

  Policies(Objects objects) {
    this.objects = objects;
  }

  /**
   * Which objects the policy judges by that refuses in these words: none, where no policy speaks.
   *
   * @param namespace of objects that name none
   * @throws ClusterException when the policy can't be read
   */
  Predicate<KubeObject> parameters(String message, String namespace) {
    Matcher named = NAMED.matcher(message);
    if (!named.find()) {
      return object -> false;
    }
    String policy =
        named.group(1).equals("policy") ? "MutatingAdmissionPolicy" : "ValidatingAdmissionPolicy";
    String kind = read(policy, named.group(2)).map(Policies::kind).orElse("");
    Optional<KubeObject> binding = read(policy + "Binding", named.group(3));
    return kind.isEmpty() || binding.isEmpty()
        ? object -> false
        : object ->
            object.key().groupKind().equals(kind) && refers(binding.get(), object, namespace);
  }

  private Optional<KubeObject> read(String kind, String name) {
    return objects.get(VERSION, kind, "", name);
  }

  private static String kind(KubeObject policy) {
    JsonNode kind = policy.at("spec", "paramKind");
    return kind.isObject() ? KubeObject.of(kind).key().groupKind() : "";
  }

  /** By name or by labels, and in the namespace of what is judged where it names none. */
  private static boolean refers(KubeObject binding, KubeObject object, String otherwise) {
    String name = binding.text("", "spec", "paramRef", "name");
    String namespace = binding.text("", "spec", "paramRef", "namespace");
    String own = object.namespace().isEmpty() ? otherwise : object.namespace();
    return (namespace.isEmpty() || namespace.equals(own))
        && (name.isEmpty()
            ? LabelSelector.read(binding.at("spec", "paramRef", "selector"))
                .filter(selector -> selector.matches(object.labels()))
                .isPresent()
            : name.equals(object.name()));
  }
}
