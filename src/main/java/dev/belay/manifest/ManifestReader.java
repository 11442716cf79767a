package dev.belay.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.representer.Representer;

/**
 * Reads multi-document YAML (and so JSON) into objects, with the values that Kubernetes clients
 * read: see {@link KubernetesScalars} and {@link NodeReader}.
 *
 * <p>Bounds: {@value #MAX_CHARS} characters, {@value #MAX_NODES} values once aliases are expanded,
 * {@value #MAX_ALIASES} aliases of lists and maps, nesting {@value #MAX_DEPTH}, {@value
 * #MAX_OBJECTS} objects in {@value #MAX_DOCUMENTS} documents. Empty documents are skipped; the
 * items of a list are read as objects of their own, as Helm and kubectl do. A text is read again
 * for each tab that they take for a space, at most {@value #MAX_CHARS} characters in all.
 *
 * <p>Errors name the document, counted from 1, and the line and column in the whole text. They
 * quote nothing: manifests hold Secrets.
 */
public final class ManifestReader {

  /** Helm's own limit is the 1 MiB Secret that the manifest is compressed into. */
  public static final int MAX_CHARS = 32 * 1024 * 1024;

  public static final int MAX_NODES = 1_000_000;
  public static final int MAX_ALIASES = 10_000;
  public static final int MAX_DEPTH = 200;
  public static final int MAX_OBJECTS = 5_000;

  /** Empty ones too: each costs time, and a MiB has room for a quarter of a million. */
  public static final int MAX_DOCUMENTS = 10_000;

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
    LongWords words = LongWords.of(text);
    StringBuilder spaced = new StringBuilder(words.text());
    int left = MAX_CHARS; // To be read again.
    while (true) {
      List<KubeObject> objects = new ArrayList<>();
      NodeReader nodes = new NodeReader(words, MAX_NODES, MAX_DEPTH);
      OptionalInt tab = read(spaced.toString(), nodes, objects, left >= text.length());
      if (tab.isEmpty()) {
        return objects;
      }
      spaced.setCharAt(tab.getAsInt(), ' ');
      left -= text.length();
    }
  }

  /**
   * Reads the objects, or finds a tab that clients take for a space and this parser does not.
   *
   * @param findTab whether such a tab is looked for; it is an error if not
   * @return where it is; empty when all is read
   */
  private static OptionalInt read(
      String text, NodeReader nodes, List<KubeObject> objects, boolean findTab)
      throws ManifestException {
    int number = 1;
    try {
      Iterator<Node> documents = yaml().composeAll(new StringReader(text)).iterator();
      for (; documents.hasNext(); number++) {
        if (number > MAX_DOCUMENTS) {
          throw new ManifestException("beyond the " + MAX_DOCUMENTS + " that are read");
        }
        JsonNode document = nodes.read(documents.next());
        if (!document.isNull()) {
          add(objects, document, "");
        }
      }
    } catch (ManifestException e) {
      throw new ManifestException("document " + number + ", " + e.getMessage());
    } catch (YAMLException e) {
      OptionalInt tab = findTab ? tab(text, e) : OptionalInt.empty();
      if (tab.isEmpty()) {
        throw new ManifestException("document " + number + " is not valid YAML: " + explain(e));
      }
      return tab;
    }
    return OptionalInt.empty();
  }

  /**
   * The tab that is the problem, where go-yaml skips it (v2.4.4, scannerc.go,
   * yaml_parser_scan_to_next_token): after a value or a colon, and never before or in an
   * indentation.
   */
  private static OptionalInt tab(String text, YAMLException e) {
    if (!(e instanceof MarkedYAMLException marked) || marked.getProblemMark() == null) {
      return OptionalInt.empty();
    }
    int index = marked.getProblemMark().getIndex(); // In code points.
    if (index >= text.codePointCount(0, text.length())) {
      return OptionalInt.empty();
    }
    int at = text.offsetByCodePoints(0, index);
    String before = text.substring(text.lastIndexOf('\n', at - 1) + 1, at);
    return text.charAt(at) == '\t' && !before.chars().allMatch(ManifestReader::isIndentation)
        ? OptionalInt.of(at)
        : OptionalInt.empty();
  }

  private static boolean isIndentation(int c) {
    return c == '?' || c == '-' || Character.isWhitespace(c);
  }

  private static void add(List<KubeObject> objects, JsonNode node, String item)
      throws ManifestException {
    if (!(node instanceof ObjectNode object)) {
      throw new ManifestException(item + "it is no object but " + node.getNodeType());
    }
    KubeObject read = new KubeObject(object);
    if (read.kind().isEmpty() || read.apiVersion().isEmpty()) {
      throw new ManifestException(item + "it has no apiVersion or no kind");
    }
    if (read.kind().endsWith("List") && read.at("items").isArray()) {
      int number = 0;
      for (JsonNode element : read.list("items")) {
        add(objects, typed(element, read), item + "item " + number++ + ", ");
      }
      return;
    }
    if (objects.size() == MAX_OBJECTS) {
      throw new ManifestException("the manifest has more than " + MAX_OBJECTS + " objects");
    }
    objects.add(read);
  }

  /**
   * Gives an item of a {@code ConfigMapList} the kind that the list implies, when it names none
   * itself (apimachinery, {@code unstructured/helpers.go}).
   */
  private static JsonNode typed(JsonNode item, KubeObject list) {
    String kind = list.kind().substring(0, list.kind().length() - "List".length());
    if (!(item instanceof ObjectNode object)
        || kind.isEmpty()
        || object.hasNonNull("kind")
        || object.hasNonNull("apiVersion")) {
      return item;
    }
    return object.put("kind", kind).put("apiVersion", list.apiVersion());
  }

  private static Yaml yaml() {
    LoaderOptions bounds = new LoaderOptions();
    bounds.setMaxAliasesForCollections(MAX_ALIASES);
    bounds.setNestingDepthLimit(MAX_DEPTH);
    bounds.setCodePointLimit(MAX_CHARS);
    DumperOptions unused = new DumperOptions();
    return new Yaml(
        new SafeConstructor(bounds),
        new Representer(unused),
        unused,
        bounds,
        NodeReader.resolver());
  }

  private static String explain(YAMLException e) {
    if (e instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
      return "line %d, column %d: %s"
          .formatted(
              marked.getProblemMark().getLine() + 1,
              marked.getProblemMark().getColumn() + 1,
              marked.getProblem());
    }
    if (e instanceof ReaderException special) {
      return "character U+%04X at position %d is not allowed"
          .formatted(special.getCodePoint(), special.getPosition());
    }
    return e.getMessage() == null ? "unknown" : e.getMessage();
  }
}
