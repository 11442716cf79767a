package dev.belay.cluster;

import dev.belay.manifest.KubeObject;
import dev.belay.merge.MergeType;
import dev.belay.merge.MergeTypes;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How the API server merges each kind, from the OpenAPI documents that it serves, one for each API
 * version. Read when first needed, and again after {@link #FRESH}: an upgraded control plane may
 * know more fields.
 */
@ApplicationScoped
public class Schemas {

  private static final Duration FRESH = Duration.ofHours(1);

  private final ApiServer api;
  private final Map<String, Read> byApiVersion = new ConcurrentHashMap<>();

  private record Read(MergeTypes types, long atNanos) {}

  public Schemas(ApiServer api) {
    this.api = api;
  }

  /**
   * How objects of this kind are merged by strategy; empty for custom resources, which know no
   * strategies.
   *
   * @throws ClusterException when the document can't be read
   */
  public Optional<MergeType> mergeType(KubeObject object) {
    String apiVersion = object.apiVersion();
    Read read = byApiVersion.get(apiVersion);
    if (read == null || System.nanoTime() - read.atNanos() > FRESH.toNanos()) {
      read = new Read(read(apiVersion), System.nanoTime());
      byApiVersion.put(apiVersion, read);
    }
    return read.types().of(object.group(), object.kind());
  }

  private MergeTypes read(String apiVersion) {
    String path = "/openapi/v3/" + (apiVersion.contains("/") ? "apis/" : "api/") + apiVersion;
    String document = api.text(path);
    try {
      return MergeTypes.read(document);
    } catch (IOException e) {
      throw new ClusterException("the OpenAPI document " + path + " can't be read", e);
    }
  }
}
