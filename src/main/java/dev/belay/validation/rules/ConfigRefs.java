package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Found;
import dev.belay.validation.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The ConfigMaps and Secrets, and the keys in them, without which the kubelet does not start a
 * container: kubernetes v1.37.2, {@code kubelet_pods.go} makeEnvironmentVariables; {@code
 * pkg/volume/configmap}, {@code secret} and {@code projected}.
 */
final class ConfigRefs {

  /** These are put into every namespace, by a controller or a service mesh. */
  private static final Set<String> EVERYWHERE =
      Set.of("kube-root-ca.crt", "openshift-service-ca.crt", "istio-ca-root-cert");

  private final List<Ref> refs = new ArrayList<>();

  private ConfigRefs() {}

  /**
   * One reference that is not optional.
   *
   * @param kind {@code ConfigMap} or {@code Secret}
   * @param name where the name stands
   * @param keys where the keys stand that must be in it
   * @param asFile whether it is mounted; variables are read from text only, files from {@code
   *     binaryData} as well
   */
  record Ref(String kind, Part name, List<Part> keys, boolean asFile) {

    /** As it is known to other rules and to the cluster. */
    Found find(Scope scope, KubeObject workload) {
      return scope.find("v1", kind, scope.namespaceOf(workload), name.text());
    }

    String plural() {
      return kind.equals("Secret") ? "secrets" : "configmaps";
    }
  }

  /** The references of this template, in the order in which they stand there. */
  static List<Ref> of(PodTemplate template) {
    ConfigRefs found = new ConfigRefs();
    template.containers().forEach(found::variables);
    Set<String> mounted = template.mounted();
    template.spec().child("volumes").elements().stream()
        .filter(volume -> mounted.contains(volume.child("name").text()))
        .forEach(found::files);
    return found.refs;
  }

  private void variables(Part container) {
    for (Part source : container.child("envFrom").elements()) {
      add("ConfigMap", source.child("configMapRef"), "name", List.of(), false);
      add("Secret", source.child("secretRef"), "name", List.of(), false);
    }
    for (Part variable : container.child("env").elements()) {
      Part from = variable.child("valueFrom");
      for (String kind : List.of("ConfigMap", "Secret")) {
        Part ref = from.child(kind.equals("Secret") ? "secretKeyRef" : "configMapKeyRef");
        add(kind, ref, "name", List.of(ref.child("key")), false);
      }
    }
  }

  private void files(Part volume) {
    add("ConfigMap", volume.child("configMap"), "name", items(volume.child("configMap")), true);
    add("Secret", volume.child("secret"), "secretName", items(volume.child("secret")), true);
    for (Part source : volume.at("projected", "sources").elements()) {
      add("ConfigMap", source.child("configMap"), "name", items(source.child("configMap")), true);
      add("Secret", source.child("secret"), "name", items(source.child("secret")), true);
    }
  }

  private static List<Part> items(Part source) {
    return source.child("items").elements().stream().map(item -> item.child("key")).toList();
  }

  private void add(String kind, Part ref, String nameField, List<Part> keys, boolean asFile) {
    Part name = ref.child(nameField);
    // An optional that is no truth value can't be read, and might be one.
    boolean needed = !ref.child("optional").present() || isFalse(ref.child("optional"));
    if (needed && !name.text().isEmpty() && !EVERYWHERE.contains(name.text())) {
      refs.add(new Ref(kind, name, keys, asFile));
    }
  }

  private static boolean isFalse(Part part) {
    return part.node().isBoolean() && !part.node().booleanValue();
  }
}
