package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import dev.belay.manifest.KubeObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * How far Belay's rights reach: over the whole cluster, or over the namespaces of a list. What is
 * read of more than one namespace is read through this, so that nothing else has to know which.
 *
 * <p>A listed namespace that is not there, or in which Belay has no rights, is left out until that
 * changes, and holds up no other.
 */
@ApplicationScoped
public class Reach {

  /** Each costs a gate one watch, and the watcher that leads sixteen. */
  static final int MAX_NAMESPACES = 100;

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  private final ApiServer api;

  /** Empty: the whole cluster. */
  private final Map<Area, ListedNamespace> listed;

  /**
   * What is read with one request.
   *
   * @param namespace its namespace; empty for all of them at once
   */
  record Area(String namespace) {

    private static final Area CLUSTER = new Area("");

    /**
     * The path of a collection in it.
     *
     * @param apiVersion such as {@code v1} and {@code apps/v1}
     * @param collection the plural of the kind, with its query if it has one
     */
    String path(String apiVersion, String collection) {
      String root = (apiVersion.contains("/") ? "/apis/" : "/api/") + apiVersion;
      return root + (namespace.isEmpty() ? "/" : "/namespaces/" + namespace + "/") + collection;
    }
  }

  /**
   * The reach that is set.
   *
   * @param namespaces the list; the whole cluster where it is empty or has no names
   */
  public Reach(
      ApiServer api, @ConfigProperty(name = "belay.namespaces") Optional<List<String>> namespaces) {
    this.api = api;
    this.listed =
        namespaces.orElse(List.of()).stream()
            .map(String::strip)
            .filter(name -> !name.isEmpty())
            .distinct()
            .map(Reach::checked)
            .collect(
                Collectors.toMap(
                    Area::new,
                    name -> new ListedNamespace(api, name),
                    (one, same) -> one,
                    LinkedHashMap::new));
    if (listed.size() > MAX_NAMESPACES) {
      throw new IllegalArgumentException(
          "BELAY_NAMESPACES lists %d namespaces; %d are possible: leave it empty for the whole cluster"
              .formatted(listed.size(), MAX_NAMESPACES));
    }
  }

  private static String checked(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "BELAY_NAMESPACES: \"%s\" can't be the name of a namespace; write names with commas between them, such as shop,pay"
              .formatted(name));
    }
    return name;
  }

  /** Where Belay works, for people. */
  public String display() {
    return listed.isEmpty()
        ? "all namespaces"
        : listed.keySet().stream().map(Area::namespace).collect(Collectors.joining(", "));
  }

  /**
   * Whether Belay may have rights in this namespace. An empty name is that of what is of the whole
   * cluster: a list of namespaces has no rights to write it.
   */
  public boolean covers(String namespace) {
    return listed.isEmpty() || listed.containsKey(new Area(namespace));
  }

  /** All areas, those included that can't be read now. */
  List<Area> areas() {
    return listed.isEmpty() ? List.of(Area.CLUSTER) : List.copyOf(listed.keySet());
  }

  /** The area in which this namespace is read with others. */
  Area of(String namespace) {
    return listed.isEmpty() ? Area.CLUSTER : new Area(namespace);
  }

  /**
   * Whether it is worth while to read there, as known a moment ago.
   *
   * @throws ClusterException when the API server can't be asked
   */
  boolean isOpen(Area area) {
    ListedNamespace namespace = listed.get(area);
    return namespace == null || namespace.isOpen();
  }

  /**
   * Whether Belay may read in this namespace now. Nothing is asked where it may read in all.
   *
   * @throws ClusterException when the API server can't be asked
   */
  boolean isOpenNow(String namespace) {
    ListedNamespace known = listed.get(new Area(namespace));
    return listed.isEmpty() || (known != null && known.look().isPresent());
  }

  /**
   * The items of a collection in all that can be read.
   *
   * @param apiVersion such as {@code v1} and {@code apps/v1}
   * @param kind of the items
   * @param collection the plural of the kind, with its query if it has one
   * @param metadataOnly whether the objects' contents are left out
   * @param each is given one item after the other
   * @throws ClusterException when a page can't be read
   */
  void forEach(
      String apiVersion,
      String kind,
      String collection,
      boolean metadataOnly,
      Consumer<JsonNode> each) {
    for (Area area : areas()) {
      if (!isOpen(area)) {
        continue;
      }
      try {
        api.forEach(kind, area.path(apiVersion, collection), metadataOnly, each);
      } catch (ClusterException e) {
        // Its rights go with a namespace, which may be a moment after it was looked at.
        if (!e.forbidden() || isOpenNow(area.namespace())) {
          throw e;
        }
      }
    }
  }

  /**
   * The namespaces in reach that may have this label, read now: their metadata, and of a list also
   * those without it.
   *
   * @throws ClusterException when they can't be read
   */
  void forEachNamespace(String label, Consumer<KubeObject> each) {
    if (listed.isEmpty()) {
      api.list("Namespace", "/api/v1/namespaces?labelSelector=" + label, true)
          .forEach(item -> each.accept(KubeObject.of(item)));
    } else {
      listed.values().forEach(namespace -> namespace.look().ifPresent(each));
    }
  }
}
