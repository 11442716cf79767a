package dev.belay.cluster;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * A kind as the API server serves it.
 *
 * @param group API group, empty for the core group
 * @param version the version that is read and written
 * @param kind kind
 * @param plural name in paths
 * @param namespaced whether objects live in a namespace
 */
public record ResourceType(
    String group, String version, String kind, String plural, boolean namespaced) {

  /** The group with the version, as objects say it. */
  String apiVersion() {
    return apiVersion(group, version);
  }

  static String apiVersion(String group, String version) {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** The path of the collection; {@code namespace} is ignored for kinds of the cluster. */
  public String collection(String namespace) {
    return (group.isEmpty() ? "/api/" : "/apis/")
        + apiVersion()
        + (namespaced ? "/namespaces/" + encode(namespace) : "")
        + "/"
        + plural;
  }

  /** The path of one object. */
  public String path(String namespace, String name) {
    return collection(namespace) + "/" + encode(name);
  }

  private static String encode(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
