package dev.belay.validation;

import dev.belay.manifest.KubeObject;
import java.util.List;

/**
 * What a rule may look at besides the object it checks.
 *
 * @param release all objects that change together with it, itself included
 */
public record Scope(List<KubeObject> release) {

  public Scope {
    release = List.copyOf(release);
  }
}
