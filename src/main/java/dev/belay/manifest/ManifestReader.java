package dev.belay.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.representer.Representer;

/**
 * Reads multi-document YAML (and so JSON) into objects, with the scalars that Kubernetes clients
 * read: see {@link KubernetesScalars}.
 *
 * <p>Bounds: {@value #MAX_CHARS} characters, {@value #MAX_ALIASES} aliases of collections, nesting
 * {@value #MAX_DEPTH}, {@value #MAX_OBJECTS} objects. Empty documents are skipped; the items of a
 * {@code v1/List} are read as objects of their own, as Helm and kubectl do.
 */
public final class ManifestReader {

  /** Helm's own limit is the 1 MiB Secret that the manifest is compressed into. */
  public static final int MAX_CHARS = 32 * 1024 * 1024;

  public static final int MAX_ALIASES = 100;
  public static final int MAX_DEPTH = 100;
  public static final int MAX_OBJECTS = 5_000;

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private ManifestReader() {}

  /**
   * Reads all objects of the text, in its order.
   *
   * @throws ManifestException when the text is not YAML, passes a bound, or holds something that is
   *     no Kubernetes object
   */
  public static List<KubeObject> read(String text) throws ManifestException {
    if (text.length() > MAX_CHARS) {
      throw new ManifestException(
          "the manifest has %,d characters; at most %,d are read"
              .formatted(text.length(), MAX_CHARS));
    }
    List<KubeObject> objects = new ArrayList<>();
    try {
      int number = 0;
      for (Object document : yaml().loadAll(text)) {
        number++;
        if (document == null) {
          continue;
        }
        add(objects, toJson(document, 0), "document " + number);
      }
    } catch (YAMLException e) {
      throw new ManifestException("the manifest is not valid YAML: " + firstLines(e.getMessage()));
    } catch (StackOverflowError e) {
      throw new ManifestException("the manifest refers to itself without end");
    }
    return objects;
  }

  private static void add(List<KubeObject> objects, JsonNode node, String place)
      throws ManifestException {
    if (!(node instanceof ObjectNode object)) {
      throw new ManifestException(place + " is no object: " + node.getNodeType());
    }
    KubeObject read = new KubeObject(object);
    if (read.kind().isEmpty() || read.apiVersion().isEmpty()) {
      throw new ManifestException(place + " has no apiVersion or no kind");
    }
    if (read.kind().endsWith("List") && read.at("items").isArray()) {
      int item = 0;
      for (JsonNode element : read.list("items")) {
        add(objects, element, place + ", item " + item++);
      }
      return;
    }
    if (objects.size() == MAX_OBJECTS) {
      throw new ManifestException("the manifest has more than " + MAX_OBJECTS + " objects");
    }
    objects.add(read);
  }

  private static Yaml yaml() {
    LoaderOptions bounds = new LoaderOptions();
    bounds.setMaxAliasesForCollections(MAX_ALIASES);
    bounds.setNestingDepthLimit(MAX_DEPTH);
    bounds.setCodePointLimit(MAX_CHARS);
    bounds.setAllowRecursiveKeys(false);
    DumperOptions unused = new DumperOptions();
    return new Yaml(
        new SafeConstructor(bounds),
        new Representer(unused),
        unused,
        bounds,
        new KubernetesScalars());
  }

  private static JsonNode toJson(@Nullable Object value, int depth) throws ManifestException {
    if (depth > MAX_DEPTH) {
      throw new ManifestException("the manifest is nested deeper than " + MAX_DEPTH);
    }
    return switch (value) {
      case null -> JSON.nullNode();
      case Map<?, ?> map -> {
        ObjectNode object = JSON.objectNode();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          object.set(String.valueOf(entry.getKey()), toJson(entry.getValue(), depth + 1));
        }
        yield object;
      }
      case Iterable<?> elements -> {
        ArrayNode array = JSON.arrayNode();
        for (Object element : elements) {
          array.add(toJson(element, depth + 1));
        }
        yield array;
      }
      case Boolean truth -> JSON.booleanNode(truth);
      case Integer number -> JSON.numberNode(number);
      case Long number -> JSON.numberNode(number);
      case BigInteger number -> JSON.numberNode(number);
      case Double number ->
          number.isNaN() || number.isInfinite()
              ? JSON.textNode(number.toString())
              : JSON.numberNode(BigDecimal.valueOf(number));
      case byte[] binary -> JSON.textNode(java.util.Base64.getEncoder().encodeToString(binary));
      default -> JSON.textNode(value.toString());
    };
  }

  private static String firstLines(@Nullable String message) {
    return message == null
        ? "unknown"
        : message.lines().limit(4).reduce((a, b) -> a + "; " + b).orElse("");
  }
}
