package dev.belay.cluster;

import dev.belay.manifest.KubeObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who has a port of the nodes: there is one of each for the whole cluster. */
@ApplicationScoped
public class NodePorts {

  private final Reach reach;

  public NodePorts(Reach reach) {
    this.reach = reach;
  }

  /** The Service that holds this port, {@code namespace/name}; empty when none in reach does. */
  public Optional<String> holder(int port) {
    List<String> holders = new ArrayList<>();
    reach.forEach(
        "v1",
        "Service",
        "services",
        false,
        item -> {
          KubeObject service = KubeObject.of(item);
          boolean holds =
              service.list("spec", "ports").stream()
                  .anyMatch(of -> of.path("nodePort").asInt() == port);
          if (holds) {
            holders.add(service.namespace() + "/" + service.name());
          }
        });
    return holders.stream().findFirst();
  }
}
