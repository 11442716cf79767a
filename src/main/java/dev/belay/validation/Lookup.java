package dev.belay.validation;

import dev.belay.manifest.KubeObject;
import java.util.List;
import java.util.Optional;

/** What is live in the cluster, as far as it is known. It answers at once and never fails. */
public interface Lookup {

  /** Knows nothing: for a rule as good as no cluster. */
  Lookup NOTHING_KNOWN =
      new Lookup() {
        @Override
        public Found find(String apiVersion, String kind, String namespace, String name) {
          return Found.Unseen.UNKNOWN;
        }

        @Override
        public Optional<List<KubeObject>> list(String apiVersion, String kind, String namespace) {
          return Optional.empty();
        }
      };

  /**
   * The live object.
   *
   * @param namespace its namespace; ignored for kinds of the cluster
   */
  Found find(String apiVersion, String kind, String namespace, String name);

  /**
   * All live objects of this kind in the namespace; empty when they are not known, or not all.
   *
   * <p>Of Pods there is only the metadata.
   *
   * @param namespace ignored for kinds of the cluster
   */
  Optional<List<KubeObject>> list(String apiVersion, String kind, String namespace);
}
