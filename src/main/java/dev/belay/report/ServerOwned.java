package dev.belay.report;

import java.util.Set;

/** Fields that the API server and its controllers write: they differ without anybody's change. */
final class ServerOwned {

  private static final Set<String> FIELDS =
      Set.of(
          "status",
          "metadata.uid",
          "metadata.resourceVersion",
          "metadata.generation",
          "metadata.creationTimestamp",
          "metadata.deletionTimestamp",
          "metadata.deletionGracePeriodSeconds",
          "metadata.managedFields",
          "metadata.selfLink",
          "metadata.annotations[deployment.kubernetes.io/revision]",
          "metadata.annotations[deprecated.daemonset.template.generation]",
          "metadata.annotations[kubectl.kubernetes.io/last-applied-configuration]");

  private ServerOwned() {}

  /** Whether the field at this path, as {@link FieldChange#field} writes it, is left out. */
  static boolean contains(Path field) {
    return field.isOneOf(FIELDS);
  }
}
