package dev.belay.rollback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Ports of the nodes that a Service had, and that it can't have again while others have them. */
public final class TakenPorts {

  /** As the allocator of the API server says it (pkg/registry/core/service/portallocator). */
  private static final String ALLOCATED = "provided port is already allocated";

  private TakenPorts() {}

  /** Whether a refusal of this object may be about such a port. */
  public static boolean areWhy(KubeObject object, String refusal) {
    return object.kind().equals("Service") && refusal.contains(ALLOCATED);
  }

  /** Those that the stable state has and the live one has not. */
  public static Set<Integer> wanted(KubeObject stable, List<JsonNode> livePorts) {
    Set<Integer> wanted = new TreeSet<>();
    stable.list("spec", "ports").forEach(port -> add(wanted, port));
    Set<Integer> present = new TreeSet<>();
    livePorts.forEach(port -> add(present, port));
    wanted.removeAll(present);
    return wanted;
  }

  /** The object without these, so that the API server gives it others. */
  public static KubeObject without(KubeObject stable, Set<Integer> taken) {
    KubeObject rest = stable.copy();
    for (JsonNode port : rest.list("spec", "ports")) {
      if (taken.contains(port.path("nodePort").asInt())) {
        ((ObjectNode) port).remove("nodePort");
      }
    }
    return rest;
  }

  /** The object with those that it has been given instead. */
  public static KubeObject with(KubeObject rest, KubeObject live) {
    KubeObject given = rest.copy();
    for (JsonNode port : given.list("spec", "ports")) {
      for (JsonNode present : live.list("spec", "ports")) {
        boolean same =
            port.path("port").equals(present.path("port"))
                && port.path("protocol").equals(present.path("protocol"));
        if (same && !port.has("nodePort") && present.has("nodePort")) {
          ((ObjectNode) port).set("nodePort", present.get("nodePort"));
        }
      }
    }
    return given;
  }

  private static void add(Set<Integer> ports, JsonNode port) {
    if (port.path("nodePort").asInt() > 0) {
      ports.add(port.path("nodePort").asInt());
    }
  }
}
