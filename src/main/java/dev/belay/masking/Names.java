package dev.belay.masking;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Where names of objects and containers stand in a text. Many a Secret has such a name among its
 * values, as the host of a database: to mask it there would hide nothing but which object it is.
 *
 * <p>A name is what stands behind a kind and a slash ({@code Service/db}); and what the objects
 * call something, or a Pod's name begins with, behind a word for such a thing ({@code container
 * db}, {@code services "db"}, {@code Secret shop/db}) or in a path ({@code containers[db]}).
 * Anywhere else the same word is a value.
 */
final class Names {

  /** As long as the name of an object can be. */
  private static final int MAX_NAME = 253;

  private static final Set<String> THINGS =
      Set.of(
          "account",
          "clusterrole",
          "clusterrolebinding",
          "configmap",
          "container",
          "cronjob",
          "customresourcedefinition",
          "daemonset",
          "deployment",
          "endpointslice",
          "horizontalpodautoscaler",
          "ingress",
          "ingressclass",
          "job",
          "limitrange",
          "namespace",
          "networkpolicy",
          "node",
          "persistentvolume",
          "persistentvolumeclaim",
          "pod",
          "poddisruptionbudget",
          "priorityclass",
          "release",
          "replicaset",
          "resourcequota",
          "role",
          "rolebinding",
          "runtimeclass",
          "secret",
          "service",
          "serviceaccount",
          "statefulset",
          "storageclass",
          "volume",
          "webhook");

  private final Set<String> names = new HashSet<>();
  private final Set<String> things = new HashSet<>(THINGS);

  private Names() {}

  /** The names that these objects have and mention. */
  static Names of(List<KubeObject> objects) {
    Names names = new Names();
    for (KubeObject object : objects) {
      if (!object.kind().isEmpty()) {
        names.things.add(object.kind().toLowerCase(Locale.ROOT));
      }
      names.add(object.name());
      if (!object.kind().equals("Secret")) {
        names.collect(object.json());
      }
    }
    return names;
  }

  /** Without recursion: objects may be nested deeper than the stack is. */
  private void collect(JsonNode object) {
    Deque<JsonNode> left = new ArrayDeque<>(List.of(object));
    while (!left.isEmpty()) {
      JsonNode node = left.pop();
      for (var field : node.properties()) {
        if (field.getValue().isValueNode() && isName(field.getKey())) {
          add(field.getValue().asText());
        }
      }
      node.forEach(
          child -> {
            if (child.isContainerNode()) {
              left.push(child);
            }
          });
    }
  }

  private static boolean isName(String key) {
    return key.equals("name") || key.endsWith("Name");
  }

  private void add(String name) {
    if (!name.isEmpty() && name.length() <= MAX_NAME) {
      names.add(name);
    }
  }

  /** The characters of the text that are names. */
  BitSet in(String text) {
    BitSet named = new BitSet();
    int at = 0;
    while (at < text.length()) {
      if (!isOfName(text.charAt(at))) {
        at++;
        continue;
      }
      int next = wordEnd(text, at);
      int end = next;
      while (end > at && !Character.isLetterOrDigit(text.charAt(end - 1))) {
        end--; // The end of a sentence.
      }
      if (end > at && end - at <= MAX_NAME && isName(text, at, end)) {
        named.set(at, end);
      }
      at = next;
    }
    return named;
  }

  private boolean isName(String text, int from, int to) {
    if (from == 0) {
      return false;
    }
    return switch (text.charAt(from - 1)) {
      case '/' -> isBehindKind(text, from, to);
      case '[' ->
          to < text.length()
              && text.charAt(to) == ']'
              && isInPath(text, from)
              && isKnown(text, from, to);
      case '"', '\'' -> isBehindThing(text, beforeQuote(text, from - 1), from, to);
      case ' ' -> isBehindThing(text, from, from, to);
      default -> false;
    };
  }

  private static boolean isInPath(String text, int from) {
    return from > 1 && Character.isLetter(text.charAt(from - 2));
  }

  /** {@code Deployment/web}, {@code Deployment.apps/shop/web} or {@code Secret shop/web}. */
  private boolean isBehindKind(String text, int from, int to) {
    int begin = wordBegin(text, from - 1);
    if (isThing(text, begin, from - 1)) {
      return Character.isUpperCase(text.charAt(begin)) || isKnown(text, from, to);
    }
    if (begin > 0 && text.charAt(begin - 1) == '/') {
      return isKind(text, wordBegin(text, begin - 1), begin - 1);
    }
    return isBehindThing(text, begin, from, to);
  }

  private boolean isKind(String text, int from, int to) {
    return from < to && Character.isUpperCase(text.charAt(from)) && isThing(text, from, to);
  }

  /**
   * Whether a word for an object or a container stands before a place, with a blank between them.
   */
  private boolean isBehindThing(String text, int before, int from, int to) {
    return before > 0
        && text.charAt(before - 1) == ' '
        && isThing(text, wordBegin(text, before - 1), before - 1)
        && isKnown(text, from, to);
  }

  /** Singular or plural, with a group or without: {@code ingresses.networking.k8s.io}. */
  private boolean isThing(String text, int from, int to) {
    if (from >= to || to - from > MAX_NAME) {
      return false;
    }
    String word = text.substring(from, to).toLowerCase(Locale.ROOT);
    int group = word.indexOf('.');
    String thing = group < 0 ? word : word.substring(0, group);
    return things.contains(thing)
        || things.contains(without(thing, "s"))
        || things.contains(without(thing, "es"))
        || (thing.endsWith("ies") && things.contains(without(thing, "ies") + "y"));
  }

  private static String without(String word, String end) {
    return word.endsWith(end) ? word.substring(0, word.length() - end.length()) : word;
  }

  /** What Belay's objects are called, or what is made of it: the name of a Pod, of a claim. */
  private boolean isKnown(String text, int from, int to) {
    String name = text.substring(from, to);
    boolean known = names.contains(name);
    for (int dash = name.indexOf('-'); dash > 0 && !known; dash = name.indexOf('-', dash + 1)) {
      known = names.contains(name.substring(0, dash));
    }
    return known;
  }

  private static int beforeQuote(String text, int quote) {
    int at = quote;
    while (at > 0 && text.charAt(at - 1) == '\\') {
      at--;
    }
    return at;
  }

  private static int wordBegin(String text, int end) {
    int at = end;
    while (at > 0 && isOfName(text.charAt(at - 1))) {
      at--;
    }
    return at;
  }

  private static int wordEnd(String text, int begin) {
    int at = begin;
    while (at < text.length() && isOfName(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isOfName(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '.';
  }
}
