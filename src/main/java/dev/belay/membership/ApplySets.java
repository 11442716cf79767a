package dev.belay.membership;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectDigest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * What {@code kubectl apply --prune --applyset} marks. Its members carry an id, a hash in which no
 * name can be read; the name that its users gave it is that of an object beside them, the parent,
 * which keeps what the next apply needs to prune (KEP-3659; k8s.io/kubectl,
 * pkg/cmd/apply/applyset.go).
 */
public final class ApplySets {

  /** Label of each member: the id. */
  private static final String PART_OF = "applyset.kubernetes.io/part-of";

  /** Label of the parent: its own id. */
  public static final String ID = "applyset.kubernetes.io/id";

  private static final int DERIVED_CHARS = 10;

  private ApplySets() {}

  /** The id of the ApplySet that the object is in, or keeps; empty where there is none. */
  public static String id(KubeObject object) {
    String partOf = object.label(PART_OF);
    return partOf.isEmpty() && isParent(object) ? object.label(ID) : partOf;
  }

  /** The names of the ApplySets whose parents are among these objects, by id. */
  public static Map<String, String> names(Collection<KubeObject> objects) {
    Map<String, String> names = new HashMap<>();
    for (KubeObject object : objects) {
      if (isParent(object)) {
        names.put(object.label(ID), object.name());
      }
    }
    return names;
  }

  /** A name where no parent is known: it may be of another kind, or in another namespace. */
  static String derived(String id) {
    return id.isEmpty() ? "" : "applyset-" + ObjectDigest.of(id).substring(0, DERIVED_CHARS);
  }

  /** Whether it is the parent of its id: that is made of its name, so no label can claim one. */
  private static boolean isParent(KubeObject object) {
    String id = object.label(ID);
    return !id.isEmpty() && id.equals(idOf(object));
  }

  private static String idOf(KubeObject parent) {
    String text =
        String.join(".", parent.name(), parent.namespace(), parent.kind(), parent.group());
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "applyset-" + Base64.getUrlEncoder().withoutPadding().encodeToString(hash) + "-v1";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
