package dev.belay.report;

/** What a change is called in messages: Helm numbers its own, the others' are told by who sent. */
public final class ChangeName {

  private ChangeName() {}

  /**
   * For example {@code Helm revision 3}, {@code the change of kubectl}.
   *
   * @param helmRevision Helm's number; 0 for other clients
   * @param client which client it was; may be empty
   */
  public static String of(int helmRevision, String client) {
    if (helmRevision > 0) {
      return "Helm revision " + helmRevision;
    }
    return "the change of " + (client.isEmpty() ? "an unknown client" : client);
  }

  /** The same at the beginning of a sentence. */
  public static String first(int helmRevision, String client) {
    String name = of(helmRevision, client);
    return Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }
}
