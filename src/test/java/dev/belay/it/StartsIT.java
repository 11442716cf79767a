package dev.belay.it;

import static dev.belay.it.Start.EVER;
import static dev.belay.it.StartRun.kubectl;
import static dev.belay.it.StartRun.well;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The table of starts: what becomes well without help is never rolled back, and what does not is,
 * by evidence and not before it is there. Simulated nodes play it with the times of a kubelet: an
 * exit is followed by waits of 0, 10, 20 and 40 s. What was measured is in {@code
 * target/starts.txt}.
 */
class StartsIT {

  /** They wait for most of their time. */
  private static final int AT_ONCE = 8;

  /** The reason of what fails by its timeout alone, whatever its trouble is. */
  private static final String LATE = "NotReadyInTime|CrashLoop|ImagePullFailed";

  private static final String NOT_FOUND =
      "rpc error: code = NotFound desc = failed to pull and unpack image \"docker.io/a/web:2\": failed to"
          + " resolve image: docker.io/a/web:2: not found";
  private static final String UNAUTHORIZED =
      "failed to pull and unpack image \"docker.io/a/web:2\": failed to resolve image: pull access denied,"
          + " repository does not exist or may require authorization: server message: insufficient_scope:"
          + " authorization failed";
  private static final String TOO_MANY =
      "failed to pull and unpack image \"docker.io/a/web:2\": failed to copy: httpReadSeeker: failed open:"
          + " unexpected status code https://docker.io/v2/a/web/manifests/2: 429 Too Many Requests -"
          + " Server message: toomanyrequests: You have reached your pull rate limit";
  private static final String REFUSED =
      "failed to pull and unpack image \"127.0.0.1:5000/web:2\": failed to resolve image: failed to do request:"
          + " Head \"http://127.0.0.1:5000/v2/web/manifests/2\": dial tcp 127.0.0.1:5000: connect: connection"
          + " refused";
  private static final String NOT_EXECUTABLE =
      "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create"
          + " failed: unable to start container process: error during container init: exec: \"nope\":"
          + " executable file not found in $PATH";
  private static final String NOT_EXECUTABLE_CRIO =
      "container create failed: executable file `nope` not found in $PATH: No such file or directory";
  private static final String SICK_NODE =
      "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create"
          + " failed: unable to start container process: unable to apply cgroup configuration";
  private static final String ENVIRONMENT =
      "env: [{name: T, valueFrom: {%s: {name: %s, key: token}}}]";

  @TestFactory
  List<DynamicTest> aStartIsFailedByEvidenceAndNeverWhereItBecomesWell() {
    return StartTable.run(
        Stream.of(crashes(), exitsThatPass(), images(), containers(), refusedPods(), manyPods())
            .flatMap(List::stream)
            .toList(),
        AT_ONCE,
        "starts.txt");
  }

  private static StartRow row(String name) {
    return StartRow.of(name);
  }

  private static Played web(Start start) {
    return Played.web(2, start);
  }

  private static Start crash() {
    return Start.exits(EVER, 0).with("code", 3).with("says", "no such option");
  }

  /** Starts that never end well. */
  private static List<StartRow> crashes() {
    return List.of(
        // Three exits, the third after the wait of 10 s.
        row("crashes at once")
            .to(web(crash()))
            .rolledBack("CrashLoop", 10, 60)
            .restartsAtMost(2)
            .says("exited 3"),
        row("crashes at once, sent by Helm")
            .by(Helm.HELM_4)
            .to(web(crash()))
            .rolledBack("CrashLoop", 10, 60)
            .restartsAtMost(2)
            .seldom(),
        // Exits of all Pods count, and there are three at once: it is the time that has to pass.
        row("crashes at once on three Pods")
            .from(Played.web(1, Start.WELL).spec("replicas: 3"))
            .to(
                web(crash())
                    .spec("replicas: 3")
                    .spec("strategy: {rollingUpdate: {maxSurge: 100%}}"))
            .rolledBack("CrashLoop", 10, 60)
            .restartsAtMost(2)
            .seldom(),
        row("crashes at once on a node that waits for 1 s at most")
            .to(web(crash().with("backOff", 1)))
            .rolledBack("CrashLoop", 10, 60),
        row("crashes at once beside a container that is well")
            .to(web(crash()).beside("{name: proxy, image: a/proxy}"))
            .rolledBack("CrashLoop", 10, 60)
            .restartsAtMost(2)
            .seldom(),
        // The good version exits once at each start: three more than that.
        row("crashes at once, where a good start has one exit")
            .from(Played.web(1, Start.exits(1, 0)))
            .to(web(crash()))
            .rolledBack("CrashLoop", 30, 90)
            .restartsAtMost(3)
            .seldom(),
        row("is well for 8 s, then crashes")
            .prepare(soak(14))
            .to(web(Start.exits(EVER, 8)))
            .rolledBack("CrashLoop", 24, 100)
            .restartsAtMost(2)
            .seldom(),
        row("is well for 20 s, then is killed for its memory")
            .prepare(soak(30))
            .to(web(Start.exits(EVER, 20).with("code", 137).with("reason", "OOMKilled")))
            .rolledBack("OutOfMemory", 40, 120)
            .seldom(),
        row("has too little memory to start")
            .to(web(Start.exits(EVER, 1).with("code", 137).with("reason", "OOMKilled")))
            .rolledBack("OutOfMemory", 10, 60)
            .restartsAtMost(2)
            .seldom(),
        // An init container may wait for something: three restarts, and 30 s.
        row("has an init container that never passes")
            .to(
                web(Start.exits(EVER, 0).with("init", true))
                    .pod("initContainers: [{name: first, image: a/first}]"))
            .rolledBack("CrashLoop", 30, 110)
            .seldom(),
        // No error, so nothing early; but it never stays.
        row("completes with 0 again and again")
            .to(web(Start.exits(EVER, 1).with("code", 0)))
            .rolledBack("CrashLoop", 30, 90)
            .seldom(),
        row("waits for a sibling that never gets up")
            .timeout(45)
            .to(
                web(crash())
                    .and(Played.of("Deployment", "db", 1, Start.WELL.with("neverReady", true))))
            .rolledBack(LATE, 44, 120)
            .seldom());
  }

  /** Starts that end well after some that do not. */
  private static List<StartRow> exitsThatPass() {
    return List.of(
        row("exits once, then is well").to(web(Start.exits(1, 0))).seldom(),
        row("exits once after 5 s, then is well").to(web(Start.exits(1, 5))),
        row("exits twice, then is well").to(web(Start.exits(2, 0))).seldom(),
        row("is killed once by a probe, then is well")
            .to(web(Start.exits(1, 12).with("code", 137).with("ready", 12)))
            .seldom(),
        // After the sibling is up the kubelet still waits for the rest of its 40 s.
        row("exits until a sibling is up")
            .to(
                web(Start.WELL.with("until", 50))
                    .and(Played.of("Deployment", "db", 1, Start.ready(50)))),
        row("exits until a sibling is up, sent by Helm")
            .by(Helm.HELM_3)
            .to(
                web(Start.WELL.with("until", 50))
                    .and(Played.of("Deployment", "db", 1, Start.ready(50))))
            .seldom(),
        // A first install has nothing to go back to: it is never called failed meanwhile.
        row("exits for 15 s on a node that waits for 1 s at most, as a first install")
            .from("")
            .to(web(Start.WELL.with("until", 15).with("backOff", 1))),
        row("has an init container that fails twice")
            .to(
                web(Start.exits(2, 0).with("init", true))
                    .pod("initContainers: [{name: first, image: a/first}]"))
            .seldom(),
        row("has a Job whose Pod is restarted twice")
            .to(
                web(Start.WELL)
                    .and(
                        Played.of("Job", "migrate", 2, Start.exits(2, 1))
                            .pod("restartPolicy: OnFailure")))
            .seldom(),
        row("has a Job of which two Pods fail")
            .to(
                web(Start.WELL)
                    .and(
                        Played.of("Job", "migrate", 2, Start.exits(2, 1))
                            .spec("completionMode: Indexed")
                            .spec("completions: 1")
                            .spec("backoffLimitPerIndex: 3")
                            .pod("restartPolicy: Never")))
            .seldom(),
        // Its exits are none of the app's.
        row("has all containers of its Pod restarted")
            .to(
                web(
                    Start.exits(4, 1)
                        .with("code", 137)
                        .with("reason", "RestartingAllContainers")
                        .with("backOff", 1))),
        row("has a container that the node lost")
            .to(
                web(
                    Start.exits(4, 1)
                        .with("code", 137)
                        .with("reason", "ContainerStatusUnknown")
                        .with("backOff", 1)))
            .seldom(),
        row("is evicted, and made anew elsewhere")
            .to(web(Start.ready(10)))
            .at(6, StartsIT::evict)
            .seldom(),
        row("leaves alone a worker that crashes for a reason of its own")
            .from(Played.web(1, Start.WELL).and(Played.of("Deployment", "worker", 1, Start.WELL)))
            .to(web(Start.ready(20)).and(Played.of("Deployment", "worker", 1, Start.WELL)))
            .at(
                1,
                kubectl(
                    "annotate",
                    "pods",
                    "--selector=app=worker",
                    "--overwrite",
                    "kubelet.test/start={\"exits\": 4, \"backOff\": 15}")));
  }

  private static List<StartRow> images() {
    return List.of(
        row("has an image that is not there")
            .to(web(Start.pullError(NOT_FOUND)))
            .rolledBack("ImagePullFailed", 10, 60)
            .says("not found"),
        // The one exception: it would become well, but twice within 10 s its registry knew nothing
        // of it.
        row("has an image that arrives after 15 s")
            .to(web(Start.pullError(NOT_FOUND).with("pullErrorFor", 15)))
            .rolledBack("ImagePullFailed", 10, 60),
        row("has an image that arrives before it is asked for again")
            .to(web(Start.pullError(NOT_FOUND).with("pullErrorFor", 5)))
            .seldom(),
        row("has a registry that refuses connections")
            .timeout(75)
            .to(web(Start.pullError(REFUSED)))
            .rolledBack(LATE, 74, 150)
            .says("connection refused")
            .seldom(),
        row("has a registry that refuses connections for a while")
            .to(web(Start.pullError(REFUSED).with("pullErrorFor", 65)))
            .seldom(),
        row("has an image that needs a credential which is not there")
            .timeout(40)
            .to(web(Start.pullError(UNAUTHORIZED)))
            .rolledBack(LATE, 39, 110)
            .says("pull access denied")
            .seldom(),
        row("has a credential that comes after 25 s")
            .to(web(Start.pullError(UNAUTHORIZED).with("pullErrorFor", 25)))
            .seldom(),
        row("has a registry with too much to do")
            .to(web(Start.pullError(TOO_MANY).with("pullErrorFor", 25)))
            .seldom(),
        row("pulls its image for longer than the timeout")
            .timeout(15)
            .to(web(Start.WELL.with("pulls", 35))));
  }

  /** Containers that can't be made or started. */
  private static List<StartRow> containers() {
    Start lacksSecret = Start.createError("secret \"late\" not found");
    return List.of(
        row("has no such executable, as containerd says")
            .to(web(Start.exits(EVER, 0).with("reason", "StartError").with("says", NOT_EXECUTABLE)))
            .rolledBack("ContainerNotStarted|CrashLoop", 10, 75)
            .says("executable file not found")
            .seldom(),
        row("has no such executable, as CRI-O says")
            .to(
                web(
                    Start.createError(NOT_EXECUTABLE_CRIO)
                        .with("createReason", "CreateContainerError")))
            .rolledBack("ContainerNotStarted", 0, 75)
            .says("executable file `nope` not found"),
        row("can't be started for a moment, on a node that is unwell")
            .to(
                web(
                    Start.exits(3, 0)
                        .with("reason", "StartError")
                        .with("says", SICK_NODE)
                        .with("backOff", 5)))
            .seldom(),
        row("lacks a key of the release's own ConfigMap")
            .to(
                web(Start.createError("couldn't find key token in ConfigMap NAMESPACE/settings"))
                    .container(ENVIRONMENT.formatted("configMapKeyRef", "settings"))
                    .and(
                        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: b}\n"))
            .rolledBack("ContainerConfigInvalid", 0, 45)
            .says("token"),
        row("lacks a key that somebody else puts there after 20 s")
            .prepare(injected("seed", "a"))
            .to(
                web(Start.createError("couldn't find key token in ConfigMap NAMESPACE/settings"))
                    .container(ENVIRONMENT.formatted("configMapKeyRef", "settings")))
            .at(20, injected("token", "b").andThen(well("web"))),
        row("lacks a Secret that comes after 20 s")
            .to(web(lacksSecret).container(ENVIRONMENT.formatted("secretKeyRef", "late")))
            .at(20, secret().andThen(well("web"))),
        row("lacks a Secret that comes after 20 s, sent by Helm")
            .by(Helm.HELM_4)
            .to(web(lacksSecret).container(ENVIRONMENT.formatted("secretKeyRef", "late")))
            .at(20, secret().andThen(well("web")))
            .seldom(),
        row("lacks a Secret that never comes")
            .to(web(lacksSecret).container(ENVIRONMENT.formatted("secretKeyRef", "late")))
            .rolledBack("ContainerConfigInvalid", 30, 100)
            .says("late"),
        row("can't be made before its Secret has come to the node")
            .to(
                web(
                    Start.createError(
                            "failed to sync secret cache: timed out waiting for the condition")
                        .with("createErrorFor", 25)))
            .seldom(),
        // Its probe allows it 60 s.
        row("has a startup probe that needs its time")
            .timeout(12)
            .to(
                web(Start.WELL.with("started", 25).with("ready", 25))
                    .container(
                        "startupProbe: {httpGet: {port: 80}, periodSeconds: 10, failureThreshold: 6}")));
  }

  /** Pods that the API server does not accept, at first or ever. */
  private static List<StartRow> refusedPods() {
    return List.of(
        // Until then the ReplicaSet tries again after 20 and 41 s.
        row("has a webhook for Pods that is away for 35 s")
            .to(web(Start.WELL))
            .prepare(StartsIT::webhookAway)
            .at(35, StartsIT::webhookGone)
            .cleanUp(StartsIT::webhookGone),
        row("has a policy for Pods that denies them")
            .prepare(StartsIT::denied)
            .cleanUp(StartsIT::allowed)
            .to(web(Start.WELL))
            .rolledBack("PodsRefused", 30, 110)
            .says("not this one"),
        row("has a ServiceAccount that comes after 15 s")
            .to(web(Start.WELL).pod("serviceAccountName: late"))
            .at(15, kubectl("create", "serviceaccount", "late"))
            .seldom());
  }

  /** Some of many, in which the others tell that it is not the new version. */
  private static List<StartRow> manyPods() {
    Played ten =
        Played.web(1, Start.WELL)
            .spread()
            .spec("replicas: 10")
            .spec("strategy: {rollingUpdate: {maxSurge: 100%}}");
    Played daemons =
        Played.of("DaemonSet", "web", 1, Start.WELL)
            .onOwnNodes()
            .spec("updateStrategy: {rollingUpdate: {maxUnavailable: 3}}");
    Played database =
        Played.of("StatefulSet", "web", 1, Start.WELL).spec("replicas: 3").spec("serviceName: web");
    Played three =
        Played.web(1, Start.WELL)
            .spread()
            .spec("replicas: 3")
            .spec("strategy: {rollingUpdate: {maxSurge: 100%}}");
    return List.of(
        // The others tell that it may be the node's: nothing early.
        row("crashes in two of ten Pods")
            .nodes(5)
            .timeout(50)
            .from(ten)
            .to(again(ten, crash().on(" NAMESPACE-n5$")))
            .rolledBack(LATE, 30, 130),
        row("crashes on one of three nodes")
            .nodes(3)
            .timeout(50)
            .from(daemons)
            .to(again(daemons, crash().on(" NAMESPACE-n3$")))
            .rolledBack(LATE, 30, 130)
            .seldom(),
        row("crashes in the first Pod of a StatefulSet")
            .from(database)
            .to(again(database, crash()))
            .rolledBack("CrashLoop", 10, 60)
            .restartsAtMost(2),
        row("loses a node meanwhile")
            .nodes(3)
            .timeout(60)
            .from(three)
            .to(again(three, Start.ready(8)))
            .at(6, namespace -> SimulatedNodes.lose(namespace, 3))
            .seldom());
  }

  private static Played again(Played before, Start start) {
    return new Played(
        before.kind(),
        before.name(),
        "a/web:2",
        start,
        before.spec(),
        before.pod(),
        before.container(),
        before.beside());
  }

  /** A time to stay ready that is longer than what the row is about. */
  private static Consumer<TestNamespace> soak(int seconds) {
    // Of two policies for all releases the one whose name comes first holds.
    return namespace -> namespace.apply(StartRun.policy("all", ", soak: " + seconds + "s"));
  }

  private static Consumer<TestNamespace> secret() {
    return kubectl("create", "secret", "generic", "late", "--from-literal=token=x");
  }

  /** By somebody who is no client of the release. */
  private static Consumer<TestNamespace> injected(String key, String value) {
    return namespace ->
        namespace
            .kubectl(
                "apply",
                "--server-side",
                "--field-manager=injector-" + key,
                "-f",
                TestNamespace.file(
                    "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {%s: %s}}"
                        .formatted(key, value)))
            .succeeds();
  }

  /** As a kubelet does whose node lacks memory. */
  private static void evict(TestNamespace namespace) {
    String status =
        "{\"status\":{\"phase\":\"Failed\",\"reason\":\"Evicted\",\"message\":\"The node was low on resource: memory.\"}}";
    Looks.objects(namespace.name(), "pods").stream()
        .filter(pod -> pod.at("/spec/containers/0/image").asText().equals("a/web:2"))
        .map(pod -> pod.at("/metadata/name").asText())
        .forEach(
            pod ->
                namespace
                    .kubectl(Map.of(), "patch", "pod", pod, "--subresource=status", "-p", status)
                    .succeeds());
  }

  private static void webhookAway(TestNamespace namespace) {
    String webhook =
        """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingWebhookConfiguration
        metadata: {name: %1$s}
        webhooks:
          - name: away.example.com
            admissionReviewVersions: [v1]
            sideEffects: None
            failurePolicy: Fail
            clientConfig: {url: 'https://127.0.0.1:9/'}
            namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %1$s}}
            matchConditions: [{name: second, expression: "object.spec.containers[0].image == 'a/web:2'"}]
            rules: [{apiGroups: [''], apiVersions: ['*'], operations: [CREATE], resources: [pods]}]
        """
            .formatted(namespace.name());
    TestNamespace.kubectlAnywhere("apply", "-f", TestNamespace.file(webhook)).succeeds();
  }

  private static void webhookGone(TestNamespace namespace) {
    TestNamespace.kubectlAnywhere(
            "delete", "validatingwebhookconfiguration", namespace.name(), "--ignore-not-found")
        .succeeds();
  }

  private static final String DENIAL =
      """
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicy
      metadata: {name: NAMESPACE}
      spec:
        matchConstraints:
          namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NAMESPACE}}
          resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
        validations:
          - {expression: "object.spec.containers[0].image != 'a/web:2'", message: not this one}
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicyBinding
      metadata: {name: NAMESPACE}
      spec: {policyName: NAMESPACE, validationActions: [Deny]}
      """;

  private static void denied(TestNamespace namespace) {
    namespace.apply(DENIAL.replace("NAMESPACE", namespace.name()));
    namespace.awaitRefused(
        "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: 'a/web:2'}]}}",
        "not this one");
  }

  private static void allowed(TestNamespace namespace) {
    TestNamespace.kubectlAnywhere(
            "delete",
            "validatingadmissionpolicy,validatingadmissionpolicybinding",
            namespace.name(),
            "--ignore-not-found")
        .succeeds();
  }
}
