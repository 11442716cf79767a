package dev.belay.it;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Slow is not stopped: a roll-out that moves is verified, however much longer than the timeout it
 * takes; one that has stopped fails when the timeout has passed since it last moved. What was
 * measured is in {@code target/slow-rollouts.txt}.
 */
class SlowRolloutIT {

  private static final int AT_ONCE = 6;

  /** The timeout of each row, in seconds. */
  private static final int TIMEOUT = 40;

  /** Of a Pod, in seconds: three of them take longer than the timeout. */
  private static final int POD = 14;

  @TestFactory
  List<DynamicTest> whatMovesIsVerifiedAndWhatHasStoppedFailsWhenItsTimeIsOver() {
    return StartTable.run(
        List.of(
            row("a StatefulSet, one Pod after the other")
                .from(set(6, 1, Start.WELL))
                .to(set(6, 2, slow())),
            row("a StatefulSet, sent by Helm")
                .by(Helm.HELM_4)
                .from(set(6, 1, Start.WELL))
                .to(set(6, 2, slow()))
                .seldom(),
            row("half of a StatefulSet, by its partition")
                .from(partitioned(1, Start.WELL))
                .to(partitioned(2, slow()))
                .seldom(),
            row("a StatefulSet whose Pods are made at once")
                .from(set(4, 1, Start.WELL).spec("podManagementPolicy: Parallel"))
                .to(set(4, 2, slow()).spec("podManagementPolicy: Parallel"))
                .seldom(),
            row("a Deployment that may lack one Pod")
                .from(lackingOne(1, Start.WELL))
                .to(lackingOne(2, slow())),
            row("a DaemonSet on twelve nodes, two after two")
                .nodes(12)
                .from(daemons(1, Start.WELL))
                .to(daemons(2, slow()))
                .seldom(),
            row("a Job of several completions")
                .to(
                    Played.web(2, Start.WELL)
                        .and(
                            Played.of("Job", "seed", 2, Start.WELL.with("runs", POD))
                                .spec("completions: 5")
                                .pod("restartPolicy: Never"))),
            row("a first install of a StatefulSet").from("").to(set(6, 2, slow())).seldom(),
            // Its third Pod is never ready: the two before it were progress, and nothing after
            // that.
            row("a StatefulSet that stops half way")
                .from(set(4, 1, Start.WELL))
                .to(set(4, 2, slow().with("neverReady", true).on("^web-[01] ")))
                .since("statefulset", "web", updatedAndReady(2))
                .rolledBack("NotReadyInTime", TIMEOUT - 2, TIMEOUT + 50),
            row("a Pod that is ready and unready by turns")
                .from(Played.web(1, Start.WELL).spec("minReadySeconds: 10"))
                .to(Played.web(2, Start.ready(2).with("unready", 3)).spec("minReadySeconds: 10"))
                .rolledBack("NotReadyInTime", TIMEOUT - 1, TIMEOUT + 50),
            row("a change in the middle of a roll-out")
                .from(set(4, 1, Start.WELL))
                .to(set(4, 2, slow()))
                .at(
                    POD * 2 + 4,
                    namespace -> namespace.apply(StartRun.marked(set(4, 3, slow()).toString())))
                .seldom(),
            row("Pods that have to be ready for 70 s")
                .from(Played.web(1, Start.WELL))
                .to(Played.web(2, Start.WELL).spec("minReadySeconds: 70"))
                .seldom(),
            row("a startup probe that allows 120 s")
                .to(
                    Played.web(2, Start.ready(60).with("started", 60))
                        .container(
                            "startupProbe: {httpGet: {port: 80}, periodSeconds: 10, failureThreshold: 12}")),
            row("a readiness probe that begins after 60 s")
                .to(
                    Played.web(2, Start.ready(62))
                        .container(
                            "readinessProbe: {httpGet: {port: 80}, initialDelaySeconds: 60}"))
                .seldom(),
            row("a Deployment that allows itself 100 s")
                .to(Played.web(2, Start.ready(60)).spec("progressDeadlineSeconds: 100"))
                .seldom()),
        AT_ONCE,
        "slow-rollouts.txt");
  }

  private static StartRow row(String name) {
    return StartRow.of(name).timeout(TIMEOUT);
  }

  private static Start slow() {
    return Start.ready(POD);
  }

  private static Played set(int replicas, int version, Start start) {
    return Played.of("StatefulSet", "web", version, start)
        .spec("replicas: " + replicas)
        .spec("serviceName: web");
  }

  private static Played partitioned(int version, Start start) {
    return set(8, version, start).spec("updateStrategy: {rollingUpdate: {partition: 4}}");
  }

  private static Played lackingOne(int version, Start start) {
    return Played.web(version, start)
        .spec("replicas: 6")
        .spec("strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}");
  }

  private static Played daemons(int version, Start start) {
    return Played.of("DaemonSet", "web", version, start)
        .onOwnNodes()
        .spec("updateStrategy: {rollingUpdate: {maxUnavailable: 2}}");
  }

  /** So many Pods of the new revision are ready, beside the old ones that all are. */
  private static Predicate<JsonNode> updatedAndReady(int pods) {
    return set ->
        set.at("/status/updatedReplicas").asInt() > pods
            || (set.at("/status/updatedReplicas").asInt() == pods
                && set.at("/status/readyReplicas").asInt() == set.at("/spec/replicas").asInt());
  }
}
