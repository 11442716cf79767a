package dev.belay.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.merge.ThreeWayMerge.NotMergeable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which elements of two lists are the same one, told by their merge key. Where a key comes twice,
 * as it does for a port with two protocols, elements are paired in the order of their lists, which
 * is what strategicpatch's diffListsOfMaps does; it is not what anybody would expect.
 *
 * @param partners for each element of the one list the same one of the other, null where there is
 *     none
 * @param alone the elements of the other one that have no partner, by their keys
 * @param sameOrder whether both have what they have in common in the same order
 */
record Pairing(List<@Nullable ObjectNode> partners, List<ObjectNode> alone, boolean sameOrder) {

  private static final int NONE = -1;

  static Pairing of(String name, ArrayNode wanted, ArrayNode other, String key)
      throws NotMergeable {
    List<ObjectNode> there = elements(name, other, key);
    List<Integer> left = byKey(elements(name, wanted, key), key);
    List<Integer> right = byKey(there, key);
    int[] partners = new int[left.size()];
    Arrays.fill(partners, NONE);
    List<ObjectNode> alone = new ArrayList<>();
    int i = 0;
    for (int index : right) {
      String value = there.get(index).get(key).asText();
      while (i < left.size() && text(wanted, left.get(i), key).compareTo(value) < 0) {
        i++;
      }
      if (i < left.size() && text(wanted, left.get(i), key).equals(value)) {
        partners[left.get(i++)] = index;
      } else {
        alone.add(there.get(index));
      }
    }
    return new Pairing(
        Arrays.stream(partners).mapToObj(p -> p == NONE ? null : there.get(p)).toList(),
        alone,
        ascending(partners));
  }

  private static String text(ArrayNode list, int index, String key) {
    return list.get(index).get(key).asText();
  }

  private static List<Integer> byKey(List<ObjectNode> elements, String key) {
    return IntStream.range(0, elements.size())
        .boxed()
        .sorted(Comparator.comparing(index -> elements.get(index).get(key).asText()))
        .toList();
  }

  private static boolean ascending(int[] partners) {
    int[] common = Arrays.stream(partners).filter(p -> p != NONE).toArray();
    return IntStream.range(1, common.length).allMatch(n -> common[n - 1] < common[n]);
  }

  private static List<ObjectNode> elements(String name, ArrayNode list, String key)
      throws NotMergeable {
    List<ObjectNode> elements = new ArrayList<>();
    for (JsonNode element : list) {
      JsonNode value = element.path(key);
      if (!(element instanceof ObjectNode map) || !value.isValueNode() || value.isNull()) {
        throw new NotMergeable("an element of %s has no %s".formatted(name, key));
      }
      elements.add(map);
    }
    return elements;
  }
}
