package dev.belay.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.belay.api.Release;
import dev.belay.api.ReleasePolicy;
import dev.belay.api.ReleasePolicy.Named;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.Told;
import dev.belay.cluster.Actor;
import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Discovery;
import dev.belay.cluster.DryRun;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.LockHints;
import dev.belay.cluster.Lookups;
import dev.belay.cluster.NamespaceObjects;
import dev.belay.cluster.Objects;
import dev.belay.cluster.Reach;
import dev.belay.cluster.ReleasePolicies;
import dev.belay.cluster.Releases;
import dev.belay.cluster.ServerClock;
import dev.belay.cluster.StalledConditions;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.preflight.TestingPreflight;
import dev.belay.trace.Traces;
import dev.belay.validation.Lookup;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A cluster that accepts every object, until it is told how to answer for one. */
final class TestingCluster {

  /** What was asked, by kind. */
  final Map<String, KubeObject> asked = new ConcurrentHashMap<>();

  /** The patches that were asked about, by kind. */
  final Map<String, JsonNode> patched = new ConcurrentHashMap<>();

  /** Names of the releases that were read. */
  final List<String> read = new CopyOnWriteArrayList<>();

  /** Workloads from which Stalled was taken. */
  final List<String> takenBack = new CopyOnWriteArrayList<>();

  BooleanSupplier takeBack = () -> true;

  private final Map<String, String> rules = new HashMap<>();
  private final Map<String, Supplier<ApiResponse>> answers = new ConcurrentHashMap<>();
  private List<KubeObject> history = List.of();
  private final PassedPreflights preflights = new PassedPreflights();
  private List<KubeObject> parents = List.of();
  private boolean reachable = true;
  private boolean slow;
  private Release release;

  /** The release that is asked about has this status. */
  TestingCluster release(ReleaseStatus status) {
    release = new Release(KubeObject.of(JsonNodeFactory.instance.objectNode()), status);
    return this;
  }

  /** The release has this annotation. */
  TestingCluster annotated(String key, String value) {
    release
        .object()
        .json()
        .withObjectProperty("metadata")
        .withObjectProperty("annotations")
        .put(key, value);
    return this;
  }

  /** Helm's newest record is of this revision, in this status. */
  TestingCluster newest(int revision, String status) {
    KubeObject record = KubeObject.of(JsonNodeFactory.instance.objectNode());
    record
        .json()
        .withObjectProperty("metadata")
        .withObjectProperty("labels")
        .put("version", Integer.toString(revision))
        .put("status", status);
    history = List.of(record);
    return this;
  }

  /** Helm's records can't be read. */
  TestingCluster withoutRecords() {
    history = null;
    return this;
  }

  TestingCluster unreachable() {
    reachable = false;
    return this;
  }

  /** What is read of releases comes after a minute, or when nobody waits for it any more. */
  TestingCluster slow() {
    slow = true;
    return this;
  }

  private void beforeRead() {
    if (!reachable) {
      throw new ClusterException("no answer", 0);
    }
    if (slow) {
      try {
        Thread.sleep(Duration.ofMinutes(1));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Objects of this kind are answered with a {@code Status}. */
  TestingCluster answers(String kind, int code, String message) {
    return answers(
        kind,
        () ->
            new ApiResponse(
                code, JsonNodeFactory.instance.objectNode().put("message", message), List.of()));
  }

  TestingCluster answers(String kind, Supplier<ApiResponse> answer) {
    answers.put(kind, answer);
    return this;
  }

  Preflight preflight() {
    return new Preflight(
        TestingPreflight.of(dryRun(), objects(), null, everyKind(), records()),
        lookups(),
        locks(),
        severities(),
        preflights,
        new ToldClients(releases(), stalled()),
        Traces.none());
  }

  EarlyGate early() {
    return new EarlyGate(dryRun(), preflights, severities());
  }

  FinalGate last() {
    return new FinalGate(locks(), new Naming(records(), namesBeside()), severities());
  }

  /** What keeps the names of ApplySets and of kapp's apps is this. */
  TestingCluster parents(KubeObject... all) {
    parents = List.of(all);
    return this;
  }

  private NamespaceObjects namesBeside() {
    return new NamespaceObjects(null, null, null) {
      @Override
      public List<KubeObject> applySetParents(String namespace, String id) {
        return parents;
      }

      @Override
      public List<KubeObject> kappApps(String namespace) {
        return parents;
      }
    };
  }

  /** Sets the severity of a rule, as a policy does. */
  TestingCluster policy(String rule, String severity) {
    rules.put(rule, severity);
    return this;
  }

  private Severities severities() {
    return new Severities(
        new ReleasePolicies(null, null) {
          @Override
          public Optional<Named> of(String namespace, String release) {
            return Optional.of(
                new Named(
                    "all",
                    new ReleasePolicy(List.of(), null, null, null, null, null, null, null, rules)));
          }
        });
  }

  Locks locks() {
    return new Locks(
        releases(),
        records(),
        new LockHints(null, new Reach(null, Optional.empty())),
        objects(),
        new ServerClock());
  }

  private DryRun dryRun() {
    return new DryRun(null, null, null) {
      @Override
      public Answer create(
          KubeObject object, Actor actor, String fieldManager, String fieldValidation) {
        return replace(object, actor, fieldManager);
      }

      @Override
      public Answer replace(KubeObject object, Actor actor, String fieldManager) {
        asked.put(object.kind(), object);
        return new Answer(
            object,
            answers.getOrDefault(object.kind(), () -> judged(object)).get(),
            !actor.isBelay());
      }

      @Override
      public Answer patch(
          KubeObject object, JsonNode patch, boolean strategic, Actor actor, String fieldManager) {
        patched.put(object.kind(), patch);
        return new Answer(object, judged(object), !actor.isBelay());
      }
    };
  }

  private static Lookups lookups() {
    return new Lookups(null, null) {
      @Override
      public Lookup until(String own, Supplier<Duration> left) {
        return Lookup.NOTHING_KNOWN;
      }
    };
  }

  private StalledConditions stalled() {
    return new StalledConditions(null) {
      @Override
      public boolean remove(Told.Workload workload) {
        takenBack.add(workload.display());
        return takeBack.getAsBoolean();
      }
    };
  }

  private HelmRecords records() {
    return new HelmRecords(null, null, null) {
      @Override
      public List<KubeObject> metadata(String namespace, ReleaseName name) {
        beforeRead();
        if (history == null) {
          throw new ClusterException("no answer", 0);
        }
        return history;
      }
    };
  }

  private Releases releases() {
    return new Releases(null, null, null) {
      @Override
      public Optional<Release> get(String namespace, String name) {
        beforeRead();
        read.add(name);
        return Optional.ofNullable(release);
      }
    };
  }

  /** As the API server does it, an autoscaler with a target below 1 is refused. */
  private static ApiResponse judged(KubeObject object) {
    return object.json().toString().contains("-10")
        ? new ApiResponse(
            422, JsonNodeFactory.instance.objectNode().put("message", "-10 is no good"), List.of())
        : new ApiResponse(200, object.json(), List.of());
  }

  /** Nothing is there, and everything lives in a namespace. */
  private static Objects objects() {
    return new Objects(null, null) {
      @Override
      public Optional<KubeObject> get(
          String apiVersion, String kind, String namespace, String name) {
        return Optional.empty();
      }

      @Override
      public ObjectKey key(KubeObject object, String releaseNamespace) {
        return object.key();
      }

      @Override
      public KubeObject placed(KubeObject object, String releaseNamespace) {
        return object;
      }
    };
  }

  /** Serves every kind that is asked about. */
  private static Discovery everyKind() {
    return new Discovery(null) {
      @Override
      public void knownSince(long nanos, Collection<KubeObject> objects) {
        // There is none to be learnt.
      }
    };
  }
}
