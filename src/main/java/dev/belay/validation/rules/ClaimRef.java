package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.text.Digits;
import dev.belay.validation.Found;
import dev.belay.validation.Rule;
import dev.belay.validation.Scope;
import dev.belay.validation.Violation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A volume of a PersistentVolumeClaim that is not there. */
public final class ClaimRef {

  public static final Rule RULE =
      Rule.of("claim-ref")
          .kinds(PodTemplate.KINDS)
          .ofRelease()
          .warns(
              "A volume names a PersistentVolumeClaim that is neither in the release nor in its"
                  + " namespace, or that the upgrade removes: its Pods are not scheduled until there is one.")
          .remedy("Keep or create it, or name one that is there.")
          .source("kubernetes v1.37.2, pkg/scheduler/framework/plugins/volumebinding, PreFilter")
          .check(ClaimRef::violations);

  private ClaimRef() {}

  private static List<Violation> violations(KubeObject workload, Scope scope) {
    List<Violation> violations = new ArrayList<>();
    Set<String> told = new HashSet<>();
    String namespace = scope.namespaceOf(workload);
    for (PodTemplate template : PodTemplate.of(workload).stream().toList()) {
      for (Part volume : template.spec().child("volumes").elements()) {
        Part name = volume.at("persistentVolumeClaim", "claimName");
        if (name.text().isEmpty() || isReplaced(volume.child("name").text(), workload)) {
          continue;
        }
        Found claim = scope.find("v1", "PersistentVolumeClaim", namespace, name.text());
        if (claim.isMissing()
            && !isOfStatefulSet(name.text(), namespace, scope)
            && !Makers.of(scope).mayMake("persistentvolumeclaims", name.text())
            && told.add(name.text())) {
          violations.add(name.wrong(claim.problem("PersistentVolumeClaim")));
        }
      }
    }
    return violations;
  }

  /** A StatefulSet's claim takes the place of a volume of its name (updateStorage). */
  private static boolean isReplaced(String volume, KubeObject workload) {
    return Part.of(workload).at("spec", "volumeClaimTemplates").elements().stream()
        .anyMatch(claim -> claim.at("metadata", "name").text().equals(volume));
  }

  /**
   * Whether a StatefulSet of the release makes a claim of this name: {@code data-web-0}
   * (stateful_set_utils.go, getPersistentVolumeClaimName).
   */
  private static boolean isOfStatefulSet(String name, String namespace, Scope scope) {
    for (KubeObject object : scope.release()) {
      if (object.kind().equals("StatefulSet") && scope.namespaceOf(object).equals(namespace)) {
        for (Part claim : Part.of(object).at("spec", "volumeClaimTemplates").elements()) {
          String begin = claim.at("metadata", "name").text() + "-" + object.name() + "-";
          if (name.startsWith(begin) && Digits.are(name.substring(begin.length()))) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
