package dev.belay.readiness;

import dev.belay.manifest.KubeObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What belongs to a workload besides itself, as read from the cluster.
 *
 * <p>It may hold more than that, for example all Pods of the namespace: what belongs to a workload
 * is found by the uid of the owner, and events by the object they are about.
 *
 * @param replicaSets ReplicaSets of Deployments
 * @param pods Pods
 * @param events Events, {@code v1} or {@code events.k8s.io/v1}; only of objects that {@link
 *     Witnesses} named
 */
public record Related(
    List<KubeObject> replicaSets, List<KubeObject> pods, List<KubeObject> events) {

  /**
   * What the kubelet warns of each time it looks at any Pod of a node whose DNS is set up so; the
   * Pod starts all the same (kubelet, pkg/kubelet/network/dns/dns.go and kubelet_pods.go).
   */
  private static final Set<String> OF_THE_NODE = Set.of("DNSConfigForming", "MissingClusterDNS");

  public static final Related NONE = new Related(List.of(), List.of(), List.of());

  public Related {
    replicaSets = List.copyOf(replicaSets);
    pods = List.copyOf(pods);
    events = List.copyOf(events);
  }

  /** The same with these Events about this object besides, as far as they are of the change. */
  public Related withEvents(KubeObject about, List<KubeObject> more, Instant begun) {
    List<KubeObject> all = new ArrayList<>(events);
    all.addAll(ofChange(about, more, begun));
    return new Related(replicaSets, pods, all);
  }

  /**
   * Those Events about this object that are of the change which began then: an older one explains
   * nothing. Of an object that the change has brought all are: when an Event was seen tells the
   * clock of a node, which may be slow. Nor does what is said of every Pod of a node.
   */
  public static List<KubeObject> ofChange(
      KubeObject about, List<KubeObject> events, Instant begun) {
    // All these times are mostly told in whole seconds.
    Instant from = begun.truncatedTo(ChronoUnit.SECONDS);
    boolean brought = !Times.parse(about.text("", "metadata", "creationTimestamp")).isBefore(from);
    return events.stream()
        .filter(event -> !OF_THE_NODE.contains(event.text("", "reason")))
        .filter(event -> brought || !EventTime.last(event).isBefore(from))
        .toList();
  }
}
