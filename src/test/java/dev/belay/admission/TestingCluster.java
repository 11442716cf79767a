package dev.belay.admission;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.belay.api.Mode;
import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.DryRun;
import dev.belay.cluster.Namespaces;
import dev.belay.manifest.KubeObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** A cluster that accepts every object, until it is told how to answer for one. */
final class TestingCluster {

  /** What was asked, by kind. */
  final Map<String, KubeObject> asked = new ConcurrentHashMap<>();

  private final Map<String, Supplier<Optional<ApiResponse>>> answers = new ConcurrentHashMap<>();
  private Mode mode = Mode.ENFORCE;
  private boolean reachable = true;

  TestingCluster mode(Mode value) {
    mode = value;
    return this;
  }

  TestingCluster unreachable() {
    reachable = false;
    return this;
  }

  /** Objects of this kind are answered with a {@code Status}. */
  TestingCluster answers(String kind, int code, String message) {
    return answers(
        kind,
        () ->
            Optional.of(
                new ApiResponse(
                    code,
                    JsonNodeFactory.instance.objectNode().put("message", message),
                    List.of())));
  }

  TestingCluster answers(String kind, Supplier<Optional<ApiResponse>> answer) {
    answers.put(kind, answer);
    return this;
  }

  Preflight preflight() {
    return new Preflight(new ReleaseDryRun(dryRun()), namespaces());
  }

  private DryRun dryRun() {
    return new DryRun(null, null) {
      @Override
      public Optional<ApiResponse> apply(KubeObject object, String namespace, boolean serverSide) {
        asked.put(object.kind(), object);
        return answers.getOrDefault(object.kind(), TestingCluster::accepted).get();
      }
    };
  }

  private Namespaces namespaces() {
    return new Namespaces(null) {
      @Override
      public Mode mode(String namespace) {
        if (!reachable) {
          throw new ClusterException("no answer", 0);
        }
        return mode;
      }
    };
  }

  private static Optional<ApiResponse> accepted() {
    return Optional.of(new ApiResponse(200, JsonNodeFactory.instance.objectNode(), List.of()));
  }
}
