package dev.belay.membership;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.manifest.KubeObject;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What kapp marks. The objects of an app carry a number, the time at which it was made; the name
 * that its users gave it is that of a ConfigMap, in which kapp keeps the number and what its last
 * change was (carvel.dev/kapp, pkg/kapp/app/recorded_app.go). It is kapp's to write, and no member.
 */
public final class KappApps {

  /** Label of that ConfigMap; its value is empty. */
  public static final String IS_APP = "kapp.k14s.io/is-app";

  /** Label of each object of an app: the number. */
  private static final String APP = "kapp.k14s.io/app";

  /** What is put behind the name where {@code KAPP_FQ_CONFIGMAP_NAMES} is set. */
  private static final String SUFFIX = ".apps.k14s.io";

  /**
   * The number is no secret, so anybody may write it into another ConfigMap: the app's own one is
   * older than its objects.
   */
  private static final Comparator<KubeObject> OLDEST_FIRST =
      Comparator.<KubeObject, String>comparing(app -> app.text("", "metadata", "creationTimestamp"))
          .thenComparing(KubeObject::name);

  private static final ObjectMapper JSON = new ObjectMapper();

  private KappApps() {}

  /** The number of the app that the object is in; empty where it is in none. */
  public static String id(KubeObject object) {
    return object.label(APP);
  }

  /** The names of the apps that are kept among these objects, by number. */
  public static Map<String, String> names(Collection<KubeObject> objects) {
    List<KubeObject> apps =
        objects.stream()
            .filter(object -> object.kind().equals("ConfigMap"))
            .filter(object -> object.labels().containsKey(IS_APP))
            .sorted(OLDEST_FIRST)
            .toList();
    Map<String, String> names = new HashMap<>();
    apps.forEach(app -> names.putIfAbsent(numberIn(app), name(app)));
    names.remove(""); // what can't be read
    return names;
  }

  private static String name(KubeObject app) {
    String name = app.name();
    return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
  }

  /** Empty where none can be read in it. */
  private static String numberIn(KubeObject app) {
    try {
      return JSON.readTree(app.text("{}", "data", "spec")).path("labelValue").asText();
    } catch (JsonProcessingException e) {
      return "";
    }
  }
}
