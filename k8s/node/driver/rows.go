package main

import (
	"fmt"
	"time"
)

const (
	verified   = "Verified"
	rolledBack = "RolledBack"
	refused    = "Refused"
)

// row is one way to start. A good version of the release is installed first and verified, then it is changed.
type row struct {
	name string
	// For docs/starts.md: what the containers do, by which rule the change is decided, and why that is right.
	starts, rule, why string

	before string // the good version's manifest; that of `good` where it is empty
	change string
	// When the change has failed: the annotation belay.dev/timeout of the Release.
	timeout string
	// What others do: before the good version is installed, before the change is sent, and while it starts. What they leave outside
	// the namespace, `after` takes away.
	setting, prepare, meanwhile, after func(*trial) error

	outcome string
	reasons []string // of the failure; any where it is empty
	// Bounds of the time from when the client begins until the change is verified, or all is restored.
	atLeast, within time.Duration
	// How long the outcome has to stay as it is.
	stays time.Duration

	// A goal of speed: few others run beside it.
	fast bool
	// The registry of this machine is needed; to pull an image that it has, and not only to be told that it has none.
	registry, pulls bool
	// It holds up the node's other pulls of images, which come one after the other.
	slowPull bool
}

const s = time.Second

const serves = "exec httpd -f -p 8080 -h /tmp"

// Exits once, and remembers it in the Pod.
const once = "[ -e /state/once ] || { touch /state/once; %s exit 1; }; " + sleeps

// Takes all memory that it gets.
const eats = "x=0123456789abcdef; while true; do x=$x$x; done"

// Lives of a broker that is somebody else's.
var worker = workload{name: "worker", runs: "while echo | nc -w 2 $BROKER_SERVICE_HOST 8080 >/dev/null; do sleep 1; done; echo no broker; exit 1"}

const (
	smallMemory = "resources: {requests: {cpu: 5m, memory: 8Mi}, limits: {memory: 32Mi}}"
	// By ports, not by commands: each of those is a process more on the node, and there are many Pods here.
	readyByPort = "readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}"
)

// Gets ready after so many seconds.
func slowly(seconds int) string { return fmt.Sprintf("sleep %d; %s", seconds, serves) }

// Of a Secret that may be missing when the container starts.
const token = "env: [{name: TOKEN, valueFrom: {secretKeyRef: {name: token, key: t%s}}}]"

var rows = []row{
	// Exits.
	{
		name: "crashes-at-once", fast: true,
		starts:  "exits with an error at once, each time",
		change:  workload{runs: "echo starting; echo cannot connect to db; exit 3"}.String(),
		outcome: rolledBack, reasons: []string{"CrashLoop"}, within: 20 * s,
		rule: "third exit, 10 s after the first", why: "At the last verified start it did not exit at all.",
	},
	{
		name:    "exits-once",
		starts:  "exits once, then is well",
		change:  workload{runs: fmt.Sprintf(once, "")}.String(),
		outcome: verified, within: 40 * s,
		rule: "ready for the soak time", why: "One exit proves nothing: the next start may be well.",
	},
	{
		name:    "exits-once-after-5s",
		starts:  "exits once after 5 s, then is well",
		change:  workload{runs: fmt.Sprintf(once, "sleep 5;")}.String(),
		outcome: verified, within: 45 * s,
		rule: "ready for the soak time", why: "One exit proves nothing: the next start may be well.",
	},
	{
		name:   "waits-for-sibling",
		starts: "exits until a database of the same change is ready, after 50 s",
		change: objects(
			text(service("db", 8080)),
			workload{name: "db", runs: slowly(50), container: readyByPort},
			workload{runs: "echo | nc -w 2 $DB_SERVICE_HOST 8080 >/dev/null || { echo no db; exit 1; }; " + sleeps}),
		outcome: verified, within: 150 * s,
		rule: "not while a sibling is in progress", why: "What it waits for comes with the same change.",
	},
	{
		name:   "waits-for-sibling-that-comes-back",
		starts: "exits until a database of the same change is ready for good; it is for 3 s, and again after 40 s",
		change: objects(
			text(service("db", 8080)),
			workload{name: "db", runs: "sleep 5; httpd -f -p 8080 -h /tmp & sleep 3; kill $!; sleep 40; " + serves, container: readyByPort},
			workload{runs: "sleep 4; echo | nc -w 2 $DB_SERVICE_HOST 8080 >/dev/null || { echo no db; exit 1; }; sleep 5; " +
				"echo | nc -w 2 $DB_SERVICE_HOST 8080 >/dev/null || { echo lost db; exit 1; }; " + sleeps}),
		outcome: verified, within: 200 * s,
		rule: "one more exit after the sibling is ready", why: "What it waits for has come a moment ago, for the second time.",
	},
	{
		name:   "waits-for-one-that-waits",
		starts: "exits until another workload is ready, which exits until a third one is, after 50 s",
		change: objects(
			text(service("db", 8080)),
			text(service("api", 8080)),
			workload{name: "db", runs: slowly(50), container: readyByPort},
			workload{name: "api", runs: "echo | nc -w 2 $DB_SERVICE_HOST 8080 >/dev/null || { echo no db; exit 1; }; " + serves, container: readyByPort},
			workload{runs: "echo | nc -w 2 $API_SERVICE_HOST 8080 >/dev/null || { echo no api; exit 1; }; " + sleeps}),
		outcome: verified, within: 260 * s,
		rule: "one more exit after the sibling is ready", why: "The one in the middle has yet to try again.",
	},
	{
		name:   "exits-until-secret-in-back-off",
		starts: "exits until a Secret exists, which comes between its third and its fourth start",
		change: workload{
			runs: `[ -n "$TOKEN" ] || { echo no token; exit 1; }; ` + sleeps, container: fmt.Sprintf(token, ", optional: true")}.String(),
		meanwhile: later(18*s, secret),
		outcome:   verified, within: 80 * s,
		rule: "one more exit after the Secret is there", why: "A container in back-off does not know that the Secret is there.",
	},
	{
		name:   "exits-until-secret",
		starts: "exits until a Secret exists, after 20 s",
		change: workload{
			runs: `[ -n "$TOKEN" ] || { echo no token; exit 1; }; ` + sleeps, container: fmt.Sprintf(token, ", optional: true")}.String(),
		meanwhile: later(20*s, secret),
		outcome:   verified, within: 80 * s,
		rule: "not early while a named Secret is missing", why: "An operator makes such Secrets after the Pods that use them.",
	},
	{
		name:      "secret-later",
		starts:    "needs a Secret for its environment that comes after 20 s",
		change:    workload{runs: sleeps, container: fmt.Sprintf(token, "")}.String(),
		meanwhile: later(20*s, secret),
		outcome:   verified, within: 70 * s,
		rule: "missing for 30 s", why: "ExternalSecrets and Certificates make Secrets within seconds.",
	},
	{
		name:    "secret-never",
		starts:  "needs a Secret for its environment that nobody makes",
		change:  workload{runs: sleeps, container: fmt.Sprintf(token, "")}.String(),
		outcome: rolledBack, reasons: []string{"ContainerConfigInvalid"}, atLeast: 28 * s, within: 50 * s,
		rule: "missing for 30 s", why: "Nothing in progress is about to make the Secret.",
	},
	{
		name:    "crashes-after-8s",
		starts:  "is well for 8 s, then exits, each time",
		change:  workload{runs: "sleep 8; echo lost the queue; exit 3"}.String(),
		outcome: rolledBack, reasons: []string{"CrashLoop"}, within: 60 * s,
		rule: "third exit within 30 s of its start", why: "The soak time is longer than it lives.",
	},
	{
		name:    "completes-under-always",
		starts:  "ends with 0, though its Pod is to run for ever",
		change:  workload{runs: "echo done; exit 0"}.String(),
		outcome: rolledBack, reasons: []string{"CrashLoop"}, atLeast: 28 * s, within: 90 * s,
		rule: "third restart, and 30 s", why: "No error, so no early verdict; yet it never stays available.",
	},
	{
		name: "executable-missing", fast: true,
		starts:  "names an executable that its image does not have",
		change:  workload{command: []string{"/no/such/program"}}.String(),
		outcome: rolledBack, reasons: []string{"ContainerNotStarted", "CrashLoop"}, within: 25 * s,
		rule: "third failed start, 10 s after the first", why: "The image does not change between two starts.",
	},
	{
		name:   "worker-with-trouble-of-its-own",
		starts: "gets ready after 8 s, beside an untouched worker that crashes while its broker is away",
		before: objects(good, worker),
		change: objects(
			workload{runs: slowly(8), container: readyByPort},
			worker),
		setting:   startBroker,
		meanwhile: stopBrokerFor(55 * s),
		outcome:   verified, within: 180 * s,
		rule: "untouched: by the timeout only", why: "The change did not touch the worker or what it reads.",
	},

	// Memory.
	{
		name: "oom-at-start", fast: true,
		starts:  "runs out of memory at the start, each time",
		change:  workload{runs: eats, container: smallMemory}.String(),
		outcome: rolledBack, reasons: []string{"OutOfMemory"}, within: 25 * s,
		rule: "third exit, 10 s after the first", why: "Its limit does not suffice for a start.",
	},
	{
		name:    "oom-under-load",
		starts:  "runs out of memory after 6 s, each time",
		change:  workload{runs: "sleep 6; " + eats, container: smallMemory}.String(),
		outcome: rolledBack, reasons: []string{"OutOfMemory"}, within: 60 * s,
		rule: "third exit within 30 s of its start", why: "It does not live through the soak time.",
	},
	{
		name:    "oom-after-the-soak",
		starts:  "runs out of memory 40 s after its start",
		change:  workload{runs: "sleep 40; " + eats, container: smallMemory}.String(),
		outcome: verified, within: 30 * s, stays: 60 * s,
		rule: "ready for the soak time", why: "It was verified before; a longer soak would have seen it.",
	},

	// Probes.
	{
		name:   "liveness-kills-once",
		starts: "needs 15 s at its first start and is killed by its liveness probe; then is well",
		change: workload{
			runs: "[ -e /state/once ] || { touch /state/once; sleep 15; }; " + serves, container: liveness}.String(),
		outcome: verified, within: 50 * s,
		rule: "ready for the soak time", why: "One exit proves nothing: the next start may be well.",
	},
	{
		name:    "liveness-too-eager",
		starts:  "needs 15 s at each start and is killed after 4 s by its liveness probe",
		change:  workload{runs: slowly(15), container: liveness}.String(),
		outcome: rolledBack, reasons: []string{"ProbeFailed", "CrashLoop"}, within: 60 * s,
		rule: "third exit within 30 s of its start", why: "Each start needs longer than the probe allows.",
	},
	{
		name:    "startup-probe-in-time",
		starts:  "needs 100 s; its startup probe allows 120 s, its timeout only 40 s",
		change:  workload{runs: slowly(100), container: "startupProbe: {tcpSocket: {port: 8080}, periodSeconds: 2, failureThreshold: 60}"}.String(),
		timeout: "40s",
		outcome: verified, within: 150 * s,
		rule: "never shorter than the startup probe", why: "The workload itself says how long it may take.",
	},
	{
		name:    "never-ready",
		starts:  "never gets ready; the timeout is 40 s",
		change:  workload{runs: sleeps, container: readyByPort}.String(),
		timeout: "40s",
		outcome: rolledBack, atLeast: 38 * s, within: 60 * s,
		rule: "timeout since the last progress", why: "It runs, so only time tells.",
	},

	// Init containers and Jobs.
	{
		name:   "init-fails-twice",
		starts: "has an init container that fails twice, then passes",
		change: workload{runs: sleeps, pod: fmt.Sprintf(
			`initContainers: [{name: init, image: %q, volumeMounts: [{name: state, mountPath: /state}], command: [sh, -c, 'echo x >>/state/n; [ "$(cat /state/n)" = "$(echo x; echo x; echo x)" ]']}]`, shellImage)}.String(),
		outcome: verified, within: 60 * s,
		rule: "third restart, and 30 s", why: "Init containers often wait for something by failing.",
	},
	{
		name:   "job-retries",
		starts: "brings a Job whose first Pod fails and whose second passes",
		change: objects(workload{runs: "echo new; " + sleeps}, workload{
			kind: "Job", name: "migrate", runs: `sleep 1; [ -n "$TOKEN" ] || exit 1`, spec: "backoffLimit: 3",
			pod: "restartPolicy: Never", container: fmt.Sprintf(token, ", optional: true")}),
		meanwhile: later(5*s, secret),
		outcome:   verified, within: 60 * s,
		rule: "as the Job's own backoffLimit says", why: "The Job has not failed before its backoffLimit.",
	},

	// Images.
	{
		name: "image-missing", fast: true, registry: true,
		starts:  "has an image that its registry does not know",
		change:  workload{image: ownImages + "/none:1", runs: sleeps}.String(),
		outcome: rolledBack, reasons: []string{"ImagePullFailed"}, within: 12 * s,
		rule: "not found (404) for 10 s", why: "A registry that answers knows what it has.",
	},
	{
		name: "image-with-more-time", registry: true, pulls: true,
		starts:    "has an image that is pushed after 15 s; the policy's `imageNotFound` is 60 s",
		setting:   imageNotFound("60s"),
		change:    workload{image: ownImages + "/soon:1"}.String(),
		meanwhile: later(15*s, push("soon")),
		outcome:   verified, within: 90 * s,
		rule: "not found (404) for as long as the policy says", why: "Whoever runs such a registry knows how long it takes.",
	},
	{
		name: "image-after-15s", registry: true, pulls: true,
		starts:    "has an image that is pushed after 15 s",
		change:    workload{image: ownImages + "/late:1"}.String(),
		meanwhile: later(15*s, push("late")),
		outcome:   rolledBack, reasons: []string{"ImagePullFailed"}, within: 20 * s,
		rule: "not found (404) for 10 s", why: "The one start that heals and is rolled back: `imageNotFound` is for such registries.",
	},
	{
		name:    "image-name-invalid",
		starts:  "has an image whose name is none",
		change:  workload{image: "Not:A:Name", runs: sleeps}.String(),
		outcome: rolledBack, reasons: []string{"ImagePullFailed"}, within: 12 * s,
		rule: "at once", why: "No registry can have an image of that name.",
	},
	{
		name:    "registry-down",
		starts:  "has a registry that refuses connections; the timeout is 80 s",
		change:  workload{image: "127.0.0.1:1/web:1", runs: sleeps}.String(),
		timeout: "80s",
		outcome: rolledBack, reasons: []string{"ImagePullFailed"}, atLeast: 78 * s, within: 110 * s,
		rule: "timeout since the last progress", why: "Registries come back; only time tells.",
	},
	{
		name: "registry-away-for-75s", registry: true, pulls: true,
		starts:    "has a registry that refuses connections for 75 s",
		change:    workload{image: "@AWAY@/web:1"}.String(),
		meanwhile: later(75*s, openRegistry),
		outcome:   verified, within: 240 * s,
		rule: "by the timeout only", why: "The registry's trouble is not the change's.",
	},
	{
		name: "slow-pull", registry: true, pulls: true, slowPull: true,
		starts:  "has an image whose pull takes 60 s; the timeout is 40 s",
		change:  workload{image: ownImages + "/slow:1"}.String(),
		prepare: push("slow"),
		timeout: "40s",
		outcome: verified, atLeast: 60 * s, within: 150 * s,
		rule: "the clock stands during a pull", why: "A pull that moves is no failure.",
	},

	// Configuration.
	{
		name: "key-missing", fast: true,
		starts:  "needs a key that the release's own ConfigMap does not have",
		before:  objects(text(configMap("a: b")), workload{runs: sleeps, container: "env: [{name: A, valueFrom: {configMapKeyRef: {name: web, key: a}}}]"}),
		change:  objects(text(configMap("a: b")), workload{runs: sleeps, container: "env: [{name: A, valueFrom: {configMapKeyRef: {name: web, key: nope}}}]"}),
		outcome: rolledBack, reasons: []string{"ContainerConfigInvalid"}, within: 8 * s,
		rule: "at once", why: "Nobody else writes this ConfigMap.",
	},
	{
		name: "runs-as-root", fast: true,
		starts:  "must not run as root, and its image does",
		change:  workload{runs: sleeps, container: "securityContext: {runAsNonRoot: true}"}.String(),
		outcome: rolledBack, reasons: []string{"ContainerConfigInvalid"}, within: 8 * s,
		rule: "at once", why: "Neither the image nor the Pod changes by itself.",
	},
	{
		name:      "account-later",
		starts:    "needs a ServiceAccount that comes after 15 s",
		before:    objects(text(leaveThePods), good),
		change:    objects(text(leaveThePods), workload{runs: sleeps, pod: "serviceAccountName: late"}),
		meanwhile: later(15*s, account),
		outcome:   verified, within: 110 * s,
		rule: "by the timeout only", why: "An operator makes such accounts after the Pods that use them.",
	},

	// Some of many, one after the other.
	{
		name:   "two-of-ten-crash",
		starts: "crashes in two of ten Pods",
		before: workload{runs: sleeps, spec: "replicas: 10"}.String(),
		change: workload{
			runs:      `[ "$FATE" = well ] || { echo no luck; exit 3; }; ` + sleeps,
			spec:      "replicas: 10\nstrategy: {rollingUpdate: {maxSurge: 100%, maxUnavailable: 0}}",
			pod:       "schedulingGates: [{name: belay.dev/fate}]",
			container: "env: [{name: FATE, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['fate']\"}}}]"}.String(),
		meanwhile: tellFates(10, 2),
		outcome:   rolledBack, reasons: []string{"CrashLoop"}, within: 100 * s,
		rule: "third restart, and 30 s", why: "Eight are well, so two may be; in the end it is all or nothing.",
	},
	{
		name:    "statefulset-first-pod-crashes",
		starts:  "is a StatefulSet of 3 whose first new Pod crashes",
		before:  workload{kind: "StatefulSet", runs: sleeps, spec: "replicas: 3\nserviceName: web"}.String(),
		change:  workload{kind: "StatefulSet", runs: "echo no disk; exit 4", spec: "replicas: 3\nserviceName: web"}.String(),
		outcome: rolledBack, reasons: []string{"CrashLoop"}, within: 35 * s, fast: true,
		rule: "third exit, 10 s after the first", why: "The others are not tried before the first is well.",
	},
	{
		name:    "slow-statefulset",
		starts:  "is a StatefulSet of 5 whose Pods need 14 s each; the timeout is 40 s",
		before:  workload{kind: "StatefulSet", runs: slowly(0), container: readyByPort, spec: "replicas: 5\nserviceName: web"}.String(),
		change:  workload{kind: "StatefulSet", runs: slowly(14), container: readyByPort, spec: "replicas: 5\nserviceName: web"}.String(),
		timeout: "40s",
		outcome: verified, atLeast: 70 * s, within: 180 * s,
		rule: "timeout since the last progress", why: "A Pod becomes ready every 15 s: it is slow, not stopped.",
	},
	{
		name:    "slow-deployment",
		starts:  "is a Deployment of 6, one Pod at a time, 14 s each; the timeout is 40 s",
		before:  workload{runs: slowly(0), container: readyByPort, spec: "replicas: 6\n" + oneByOne}.String(),
		change:  workload{runs: slowly(14), container: readyByPort, spec: "replicas: 6\n" + oneByOne}.String(),
		timeout: "40s",
		outcome: verified, atLeast: 80 * s, within: 180 * s,
		rule: "timeout since the last progress", why: "A Pod becomes ready every 15 s: it is slow, not stopped.",
	},
	{
		name:    "stops-half-way",
		starts:  "is a StatefulSet of 3 whose second new Pod never gets ready; the timeout is 40 s",
		before:  workload{kind: "StatefulSet", runs: slowly(0), container: readyByPort, spec: "replicas: 3\nserviceName: web"}.String(),
		change:  workload{kind: "StatefulSet", runs: `[ "${HOSTNAME##*-}" -ne 1 ] || ` + sleeps + "; " + slowly(14), container: readyByPort, spec: "replicas: 3\nserviceName: web"}.String(),
		timeout: "40s",
		outcome: rolledBack, atLeast: 50 * s, within: 90 * s,
		rule: "timeout since the last progress", why: "Its first Pod was the last progress, 40 s ago.",
	},
	{
		name:    "min-ready-seconds",
		starts:  "has minReadySeconds of 70; the timeout is 40 s",
		change:  workload{runs: "echo new; " + sleeps, spec: "minReadySeconds: 70"}.String(),
		timeout: "40s",
		outcome: verified, atLeast: 70 * s, within: 110 * s,
		rule: "never shorter than minReadySeconds", why: "The workload itself says how long it may take.",
	},

	// Admission.
	{
		name:      "webhook-away",
		starts:    "is well, but another's webhook for Pods does not answer for 40 s",
		change:    workload{runs: "echo new; " + sleeps}.String(),
		prepare:   breakWebhook,
		meanwhile: later(40*s, removeWebhook),
		after:     removeWebhook,
		outcome:   verified, within: 150 * s,
		rule: "by the timeout only", why: "All heals when the webhook answers again.",
	},
	{
		name:    "policy-denies",
		starts:  "has Pods that a policy denies, but not in a dry run",
		change:  workload{runs: "echo new; " + sleeps}.String(),
		prepare: denyPods("!has(request.dryRun) || !request.dryRun"),
		after:   allowPods,
		outcome: rolledBack, reasons: []string{"PodsRefused"}, atLeast: 28 * s, within: 60 * s,
		rule: "denied for 30 s", why: "A policy that answers means what it says.",
	},
	{
		name:    "policy-denies-dry-runs-too",
		starts:  "has Pods that a policy denies",
		change:  workload{runs: "echo new; " + sleeps}.String(),
		prepare: denyPods("true"),
		after:   allowPods,
		outcome: refused, within: 8 * s,
		rule: "by the gate, at once", why: "The gate asks for a Pod of each template first.",
	},
}

const (
	// Kills what is not up 4 s after its start.
	liveness = "livenessProbe: {tcpSocket: {port: 8080}, periodSeconds: 2, failureThreshold: 2}"
	oneByOne = "strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}"
	// The gate asks for a Pod of each template, and would refuse what the API server refuses now.
	leaveThePods = `apiVersion: belay.dev/v1alpha1
kind: ReleasePolicy
metadata: {name: web}
spec: {rules: {pod-admission: "off"}}
---
`
)
