package dev.belay.watcher;

import dev.belay.cluster.NodePorts;
import dev.belay.manifest.KubeObject;
import dev.belay.rollback.TakenPorts;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Who has the ports of the nodes that a Service had. */
@ApplicationScoped
class PortHolders {

  private final NodePorts nodePorts;

  PortHolders(NodePorts nodePorts) {
    this.nodePorts = nodePorts;
  }

  /**
   * Ports that can't be had again.
   *
   * @param words which ones, and who has them by now
   */
  record Held(Set<Integer> ports, String words) {}

  /** Those that are known to be another's; all that may be, where nobody in reach has one. */
  Held of(KubeObject stable, Optional<KubeObject> live) {
    Set<Integer> wanted =
        TakenPorts.wanted(
            stable, live.map(service -> service.list("spec", "ports")).orElse(List.of()));
    List<String> said = new ArrayList<>();
    Set<Integer> taken = new TreeSet<>();
    for (int port : wanted) {
      Optional<String> holder = nodePorts.holder(port);
      if (holder.isPresent()) {
        taken.add(port);
        said.add("%d is Service %s's by now".formatted(port, holder.get()));
      }
    }
    return taken.isEmpty()
        ? new Held(wanted, wanted + " was taken")
        : new Held(taken, String.join(", ", said));
  }
}
