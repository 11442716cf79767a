package dev.belay.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.JsonReader;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a test looks at, again and again while it waits, and the namespace that it is in: asked over
 * one connection. A client's process for each look costs a tenth of a second of a processor, and
 * several tests that wait would keep a machine busy with nothing else.
 */
final class Looks {

  private static final KubernetesClient CLIENT = new KubernetesClientBuilder().build();

  /** Where objects of each kind are, by every word that kubectl knows for it. */
  private static final Map<String, Type> TYPES = new HashMap<>();

  private record Type(String apiVersion, String plural, boolean namespaced) {

    String path(String namespace) {
      return (apiVersion.contains("/") ? "/apis/" : "/api/")
          + apiVersion
          + (namespaced ? "/namespaces/" + namespace : "")
          + "/"
          + plural;
    }
  }

  private Looks() {}

  /** The object, in full; empty where there is none. */
  static Optional<JsonNode> object(String namespace, String word, String name) {
    return raw(type(word).path(namespace) + "/" + name);
  }

  /** All objects of these kinds, which commas separate, in this namespace. */
  static List<JsonNode> objects(String namespace, String words) {
    List<JsonNode> all = new ArrayList<>();
    for (String word : words.split(",")) {
      JsonNode list = raw(type(word).path(namespace)).orElseThrow();
      String kind = list.path("kind").asText().replaceFirst("List$", "");
      for (JsonNode item : list.path("items")) {
        all.add(
            ((ObjectNode) item)
                .put("apiVersion", list.path("apiVersion").asText())
                .put("kind", kind));
      }
    }
    return all;
  }

  static void createNamespace(String name, Map<String, String> labels) {
    CLIENT
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .build())
        .create();
  }

  /** Begins to delete the namespace. */
  static void deleteNamespace(String name) {
    CLIENT.namespaces().withName(name).delete();
  }

  private static synchronized Type type(String word) {
    if (!TYPES.containsKey(word)) {
      learn(); // A kind that the test has just defined, or the first look of all.
    }
    return Optional.ofNullable(TYPES.get(word))
        .orElseThrow(() -> new AssertionError("the API server serves no " + word));
  }

  private static void learn() {
    List<String> versions = new ArrayList<>(List.of("v1"));
    for (JsonNode group : raw("/apis").orElseThrow().path("groups")) {
      versions.add(group.path("preferredVersion").path("groupVersion").asText());
    }
    for (String version : versions) {
      String path = (version.contains("/") ? "/apis/" : "/api/") + version;
      for (JsonNode resource : resources(path)) {
        String plural = resource.path("name").asText();
        if (!plural.contains("/")) {
          learn(version, plural, resource);
        }
      }
    }
  }

  /** A group of another test may go while it is looked at, or have nobody who answers for it. */
  private static JsonNode resources(String path) {
    try {
      return raw(path).map(list -> list.path("resources")).orElse(MissingNode.getInstance());
    } catch (KubernetesClientException e) {
      return MissingNode.getInstance();
    }
  }

  private static void learn(String version, String plural, JsonNode resource) {
    Type type = new Type(version, plural, resource.path("namespaced").asBoolean());
    String group = version.contains("/") ? "." + version.substring(0, version.indexOf('/')) : "";
    String singular = resource.path("singularName").asText();
    String kind = resource.path("kind").asText();
    List<String> words =
        new ArrayList<>(List.of(plural, plural + group, singular, singular + group, kind));
    resource.path("shortNames").forEach(shortName -> words.add(shortName.asText()));
    words.forEach(word -> TYPES.putIfAbsent(word, type)); // Groups come in their order of priority.
  }

  private static Optional<JsonNode> raw(String path) {
    try {
      String answer = CLIENT.raw(path);
      return answer == null
          ? Optional.empty()
          : Optional.of(JsonReader.read(answer.getBytes(StandardCharsets.UTF_8)));
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(path, e);
    }
  }
}
