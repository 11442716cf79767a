package dev.belay.it;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A row of a table of changes: what is sent, what happens beside it, and what is right. That is to
 * be verified, with nothing of it ever called failed, unless the row says that it is rolled back.
 * Without a version before it the change is a first install. Times are seconds since the change was
 * sent.
 */
final class StartRow {

  /** What becomes well may take longer than any row, on a machine with much else to do. */
  private static final int PATIENCE = 300;

  /** A moment that a bound counts from: when this is first so. */
  record Progress(String kind, String name, Predicate<JsonNode> reached) {}

  private final String name;
  private final List<Consumer<TestNamespace>> prepared = new ArrayList<>();
  private final List<Consumer<TestNamespace>> cleaned = new ArrayList<>();
  private final SortedMap<Integer, Consumer<TestNamespace>> later = new TreeMap<>();
  private String before = Played.web(1, Start.WELL).toString();
  private String after = "";
  private String timeout = "";
  private String reason = "";
  private String says = "";
  private @Nullable Helm helm;
  private @Nullable Progress progress;
  private int nodes;
  private int notBefore;
  private int within = PATIENCE;
  private int restarts = Integer.MAX_VALUE;
  private boolean seldom;

  private StartRow(String name) {
    this.name = name;
  }

  static StartRow of(String name) {
    return new StartRow(name);
  }

  /** The good version, if it is not the plain one; an empty one for a first install. */
  StartRow from(Object manifest) {
    before = manifest.toString();
    return this;
  }

  StartRow to(Object manifest) {
    after = manifest.toString();
    return this;
  }

  /** Sent by Helm, in place of kubectl. */
  StartRow by(Helm client) {
    helm = client;
    return this;
  }

  StartRow timeout(int seconds) {
    timeout = seconds + "s";
    return this;
  }

  /** It has nodes of its own. */
  StartRow nodes(int count) {
    nodes = count;
    return this;
  }

  /** Before the good version. */
  StartRow prepare(Consumer<TestNamespace> step) {
    prepared.add(step);
    return this;
  }

  /** Something that happens so many seconds after the change was sent. */
  StartRow at(int seconds, Consumer<TestNamespace> step) {
    later.put(seconds, step);
    return this;
  }

  /** Whatever comes of it: of objects that do not go with the namespace. */
  StartRow cleanUp(Consumer<TestNamespace> step) {
    cleaned.add(step);
    return this;
  }

  /** Takes long, and is run when it is asked for. */
  StartRow seldom() {
    seldom = true;
    return this;
  }

  /** The bounds count from when this object is first so. */
  StartRow since(String kind, String object, Predicate<JsonNode> reached) {
    progress = new Progress(kind, object, reached);
    return this;
  }

  /**
   * Right: it fails for this reason, a pattern, not before and not after these times, and is put
   * back.
   */
  StartRow rolledBack(String failureReason, int notBeforeSeconds, int withinSeconds) {
    reason = failureReason;
    notBefore = notBeforeSeconds;
    within = withinSeconds;
    return this;
  }

  /** It fails before a container of the new Pods has been restarted once more than that. */
  StartRow restartsAtMost(int count) {
    restarts = count;
    return this;
  }

  /** What the message of the failure contains. */
  StartRow says(String words) {
    says = words;
    return this;
  }

  String name() {
    return name;
  }

  String before() {
    return before;
  }

  String after() {
    return after;
  }

  String timeout() {
    return timeout;
  }

  Optional<Helm> helm() {
    return Optional.ofNullable(helm);
  }

  Optional<Progress> progress() {
    return Optional.ofNullable(progress);
  }

  int nodes() {
    return nodes;
  }

  List<Consumer<TestNamespace>> prepared() {
    return prepared;
  }

  List<Consumer<TestNamespace>> cleaned() {
    return cleaned;
  }

  SortedMap<Integer, Consumer<TestNamespace>> later() {
    return later;
  }

  boolean isSeldom() {
    return seldom;
  }

  int restarts() {
    return restarts;
  }

  /** Whether it has to be rolled back. */
  boolean fails() {
    return !reason.isEmpty();
  }

  String reason() {
    return reason;
  }

  String says() {
    return says;
  }

  int notBefore() {
    return notBefore;
  }

  int within() {
    return within;
  }
}
