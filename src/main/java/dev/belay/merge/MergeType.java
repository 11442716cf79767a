package dev.belay.merge;

/** How the fields of a map are merged by a strategic merge patch. */
@FunctionalInterface
public interface MergeType {

  /** A map that no schema describes: its maps are merged, its lists are replaced. */
  MergeType UNKNOWN = name -> Field.UNKNOWN;

  /** How this field is merged; {@link Field#UNKNOWN} where nothing is said. */
  Field field(String name);

  /**
   * One field.
   *
   * @param type of the map, or of the maps in the list
   * @param merged whether a list is merged element by element; it is replaced if not
   * @param mergeKey by which field the maps of a merged list are told apart; empty for scalars
   * @param retainKeys whether what the new map does not have is to be cleared from the live one
   */
  record Field(MergeType type, boolean merged, String mergeKey, boolean retainKeys) {

    static final Field UNKNOWN = new Field(MergeType.UNKNOWN, false, "", false);
  }
}
