package dev.belay.cluster;

import dev.belay.validation.Lookup;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Look-ups of what is live, for the rules. */
@ApplicationScoped
public class Lookups {

  private final ApiServer api;
  private final Discovery discovery;

  public Lookups(ApiServer api, Discovery discovery) {
    this.api = api;
    this.discovery = discovery;
  }

  /**
   * Look-ups for one review, for one thread. What is looked up is remembered that long. They are
   * made with Belay's rights, and what they find is told to whoever wrote the release: of other
   * namespaces nothing is known.
   *
   * @param own namespace of the release
   * @param left how much time there is; with none left nothing is known
   */
  public Lookup until(String own, Supplier<Duration> left) {
    return new LiveLookup(
        new LiveLookup.Reads() {
          @Override
          public Optional<ApiResponse> get(
              String apiVersion, String kind, String namespace, String name, Duration timeout) {
            return discovery
                .find(apiVersion, kind)
                .filter(type -> !type.namespaced() || namespace.equals(own))
                .map(type -> api.get(type.path(namespace, name), timeout));
          }

          @Override
          public Optional<ApiResponse> list(
              String apiVersion, String kind, String namespace, int limit, Duration timeout) {
            return discovery
                .find(apiVersion, kind)
                .filter(type -> !type.namespaced() || namespace.equals(own))
                .map(type -> type.collection(namespace) + "?limit=" + limit)
                .map(
                    path ->
                        kind.equals("Pod")
                            ? api.listMetadata(path, timeout)
                            : api.get(path, timeout));
          }
        },
        left);
  }
}
