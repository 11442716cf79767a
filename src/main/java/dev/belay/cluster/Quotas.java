package dev.belay.cluster;

import dev.belay.manifest.KubeObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Reads the quotas of a namespace. */
@ApplicationScoped
public class Quotas {

  private final ApiServer api;

  public Quotas(ApiServer api) {
    this.api = api;
  }

  /**
   * The ResourceQuotas, with what is used of them.
   *
   * @throws ClusterException when they can't be read
   */
  public List<KubeObject> of(String namespace) {
    String path = "/api/v1/namespaces/" + namespace + "/resourcequotas";
    return api.list("ResourceQuota", path, false).stream().map(KubeObject::of).toList();
  }
}
