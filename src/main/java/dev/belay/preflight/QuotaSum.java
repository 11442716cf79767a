package dev.belay.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.cluster.Discovery;
import dev.belay.cluster.Quotas;
import dev.belay.cluster.ResourceType;
import dev.belay.manifest.Amounts;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.preflight.ReleaseDryRun.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whether there is room for all new objects of a release together, where a quota counts objects or
 * adds up what they ask for: a dry run charges nothing, so each of them alone finds the last place
 * free.
 */
@ApplicationScoped
class QuotaSum {

  /** What a quota may count under its plain name (kubernetes, pkg/quota/v1/evaluator/core). */
  private static final Set<String> PLAIN =
      Set.of(
          "configmaps",
          "persistentvolumeclaims",
          "pods",
          "replicationcontrollers",
          "resourcequotas",
          "secrets",
          "services");

  private final Quotas quotas;
  private final Discovery discovery;

  QuotaSum(Quotas quotas, Discovery discovery) {
    this.quotas = quotas;
    this.discovery = discovery;
  }

  /**
   * What would not fit.
   *
   * @param created the objects that are not there yet, Helm's own record included
   */
  List<Problem> exceeded(List<KubeObject> created) {
    Map<String, List<KubeObject>> byNamespace = new TreeMap<>();
    Set<ObjectKey> names = new HashSet<>();
    for (KubeObject object : created) {
      // Of hooks of one name, each takes the place of the one before.
      boolean another = object.name().isEmpty() || names.add(object.key());
      if (another && !object.namespace().isEmpty()) {
        byNamespace.computeIfAbsent(object.namespace(), n -> new ArrayList<>()).add(object);
      }
    }
    List<Problem> problems = new ArrayList<>();
    byNamespace.forEach(
        (namespace, objects) -> {
          for (KubeObject quota : quotas.of(namespace)) {
            problems.addAll(exceeded(quota, objects));
          }
        });
    return problems;
  }

  private List<Problem> exceeded(KubeObject quota, List<KubeObject> objects) {
    List<Problem> problems = new ArrayList<>();
    boolean scoped =
        !quota.list("spec", "scopes").isEmpty() || quota.at("spec", "scopeSelector").isObject();
    if (scoped) {
      return problems;
    }
    for (Map.Entry<String, JsonNode> hard : quota.at("status", "hard").properties()) {
      String resource = hard.getKey();
      List<KubeObject> counted =
          objects.stream().filter(object -> asked(resource, object).signum() > 0).toList();
      BigDecimal asked =
          counted.stream()
              .map(object -> asked(resource, object))
              .reduce(BigDecimal.ZERO, BigDecimal::add);
      BigDecimal limit = amount(hard.getValue());
      BigDecimal used = amount(quota.at("status", "used", resource));
      if (counted.size() > 1 && used.add(asked).compareTo(limit) > 0) {
        String names = Names.list(counted.stream().map(object -> object.key().display()).toList());
        problems.add(
            new Problem(
                names,
                "",
                "%s: exceeded quota: %s, requested: %s=%s, used: %s=%s, limited: %s=%s"
                    .formatted(
                        names,
                        quota.name(),
                        resource,
                        Amounts.text(asked),
                        resource,
                        Amounts.text(used),
                        resource,
                        Amounts.text(limit))));
      }
    }
    return problems;
  }

  private BigDecimal asked(String resource, KubeObject object) {
    BigDecimal more = QuotaUsage.of(resource, object);
    boolean counted =
        discovery
            .find(object.apiVersion(), object.kind())
            .map(type -> counts(resource, type))
            .orElse(false);
    return counted ? BigDecimal.ONE : more;
  }

  private static boolean counts(String resource, ResourceType type) {
    return type.group().isEmpty()
        ? (PLAIN.contains(resource) && resource.equals(type.plural()))
            || resource.equals("count/" + type.plural())
        : resource.equals("count/" + type.plural() + "." + type.group());
  }

  private static BigDecimal amount(JsonNode quantity) {
    return Amounts.of(quantity.asText("0"));
  }
}
