package dev.belay.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Turns YAML nodes into JSON as sigs.k8s.io/yaml does, and counts them: aliases make small texts
 * large.
 *
 * <p>Keys become text. Of equal keys the last one counts. {@code <<} is merged where it stands, so
 * that keys after it win and keys before it lose, and of merged maps the first wins (go-yaml
 * v2.4.4, {@code decode.go}).
 */
final class NodeReader {

  /** Marks scalars that are neither quoted nor tagged. */
  private static final Tag PLAIN = new Tag("tag:belay.dev,2026:plain");

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final LongWords words;
  private final int maxNodes;
  private final int maxDepth;
  private int nodes;

  NodeReader(LongWords words, int maxNodes, int maxDepth) {
    this.words = words;
    this.maxNodes = maxNodes;
    this.maxDepth = maxDepth;
  }

  /** Leaves the meaning of scalars to {@link KubernetesScalars}. */
  static Resolver resolver() {
    return new Resolver() {
      @Override
      public Tag resolve(NodeId kind, String value, boolean implicit) {
        return kind == NodeId.scalar && implicit ? PLAIN : super.resolve(kind, value, implicit);
      }
    };
  }

  JsonNode read(Node node) throws ManifestException {
    return read(node, 0);
  }

  private JsonNode read(Node node, int depth) throws ManifestException {
    count(node, depth);
    return switch (node) {
      case MappingNode mapping -> {
        ObjectNode object = JSON.objectNode();
        fill(object, mapping, depth);
        yield object;
      }
      case SequenceNode sequence -> {
        ArrayNode array = JSON.arrayNode();
        for (Node element : sequence.getValue()) {
          array.add(read(element, depth + 1));
        }
        yield array;
      }
      case ScalarNode scalar -> scalar(scalar);
      default -> throw at(node, "not understood");
    };
  }

  private void count(Node node, int depth) throws ManifestException {
    if (depth > maxDepth) {
      throw at(node, "nested deeper than " + maxDepth);
    }
    if (++nodes > maxNodes) {
      throw at(node, "with its aliases expanded it has more than " + maxNodes + " values");
    }
  }

  private void fill(ObjectNode object, MappingNode mapping, int depth) throws ManifestException {
    for (NodeTuple entry : mapping.getValue()) {
      if (isMerge(entry.getKeyNode())) {
        merge(object, entry.getValueNode(), depth + 1);
      } else {
        object.set(key(entry.getKeyNode()), read(entry.getValueNode(), depth + 1));
      }
    }
  }

  private static boolean isMerge(Node key) {
    return key instanceof ScalarNode scalar
        && scalar.getValue().equals("<<")
        && (key.getTag().equals(PLAIN) || key.getTag().equals(Tag.MERGE));
  }

  private void merge(ObjectNode object, Node value, int depth) throws ManifestException {
    count(value, depth);
    if (value instanceof MappingNode mapping) {
      fill(object, mapping, depth);
    } else if (value instanceof SequenceNode sequence) {
      for (Node element : sequence.getValue().reversed()) {
        if (!(element instanceof MappingNode mapping)) {
          throw at(element, "only maps can be merged with <<");
        }
        count(element, depth);
        fill(object, mapping, depth);
      }
    } else {
      throw at(value, "only maps can be merged with <<");
    }
  }

  private String key(Node node) throws ManifestException {
    if (!(node instanceof ScalarNode scalar)) {
      throw at(node, "a list or map can't be a key");
    }
    JsonNode key = scalar(scalar);
    if (key.isNull()) {
      throw at(node, "null can't be a key");
    }
    if (key.isFloat() || key.isDouble() || key.isBigDecimal()) {
      // Go writes such keys with the precision of 32 bits.
      return new BigDecimal(Float.toString(key.floatValue())).stripTrailingZeros().toString();
    }
    return key.asText();
  }

  private JsonNode scalar(ScalarNode scalar) throws ManifestException {
    String text = words.whole(scalar.getValue());
    Tag tag = scalar.getTag();
    if (tag.equals(Tag.BINARY)) {
      return binary(scalar);
    }
    List<Tag> meanings = List.of(PLAIN, Tag.BOOL, Tag.INT, Tag.FLOAT, Tag.NULL);
    if (!meanings.contains(tag)) {
      return JSON.textNode(text);
    }
    JsonNode value;
    try {
      value = KubernetesScalars.read(text);
    } catch (ArithmeticException e) {
      throw at(scalar, "infinity and NaN are no numbers in JSON");
    }
    boolean asTagged =
        tag.equals(PLAIN)
            || (tag.equals(Tag.BOOL) && value.isBoolean())
            || (tag.equals(Tag.INT) && value.isIntegralNumber())
            || (tag.equals(Tag.FLOAT) && value.isNumber())
            || (tag.equals(Tag.NULL) && value.isNull());
    if (!asTagged) {
      throw at(scalar, "the value is not what its tag says");
    }
    return value;
  }

  private JsonNode binary(ScalarNode scalar) throws ManifestException {
    try {
      byte[] bytes =
          Base64.getDecoder()
              .decode(words.whole(scalar.getValue()).replace("\r", "").replace("\n", ""));
      return JSON.textNode(new String(bytes, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw at(scalar, "the !!binary is not base64");
    }
  }

  private static ManifestException at(Node node, String problem) {
    return new ManifestException(
        "line %d, column %d: %s"
            .formatted(
                node.getStartMark().getLine() + 1, node.getStartMark().getColumn() + 1, problem));
  }
}
