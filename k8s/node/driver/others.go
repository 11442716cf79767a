package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// What others do while a change starts.

// later does it so long after the client has begun.
func later(after time.Duration, do func(*trial) error) func(*trial) error {
	return func(t *trial) error {
		if err := pause(t.ctx, time.Until(t.began.Add(after))); err != nil {
			return nil // there is a verdict already
		}
		return do(t)
	}
}

// imageNotFound has the namespace's releases wait so long for an image that its registry does not know.
func imageNotFound(d string) func(*trial) error {
	return func(t *trial) error {
		return t.apply("{apiVersion: belay.dev/v1alpha1, kind: ReleasePolicy, metadata: {name: all}, spec: {failure: {imageNotFound: " + d + "}}}")
	}
}

func secret(t *trial) error {
	return t.apply("{apiVersion: v1, kind: Secret, metadata: {name: token}, stringData: {t: x}}")
}

func account(t *trial) error {
	return t.apply("{apiVersion: v1, kind: ServiceAccount, metadata: {name: late}}")
}

// A broker of somebody else's, of which the release's worker lives.
func startBroker(t *trial) error {
	broker := workload{name: "broker", runs: serves, container: readyByPort}
	if err := t.apply(strings.ReplaceAll(service("broker", 8080)+broker.String(), "app.kubernetes.io/instance: web", "app.kubernetes.io/instance: broker")); err != nil {
		return err
	}
	_, err := t.kubectl("", "rollout", "status", "deployment/broker", "--timeout=60s")
	return err
}

func stopBrokerFor(d time.Duration) func(*trial) error {
	return func(t *trial) error {
		if _, err := t.kubectl("", "scale", "deployment/broker", "--replicas=0"); err != nil {
			return err
		}
		return later(d, func(t *trial) error {
			_, err := t.kubectl("", "scale", "deployment/broker", "--replicas=1")
			return err
		})(t)
	}
}

// tellFates waits for so many new Pods, which are held back, says of each what becomes of it, and lets them go.
func tellFates(pods, bad int) func(*trial) error {
	return func(t *trial) error {
		var list struct {
			Items []struct {
				Metadata struct{ Name string }
				Spec     struct{ SchedulingGates []struct{ Name string } }
			}
		}
		var held []string
		err := await(t.ctx, 60*time.Second, "the new Pods", func() bool {
			held = nil
			if t.c.get(t.ctx, "/api/v1/namespaces/"+t.ns+"/pods", &list) != nil {
				return false
			}
			for _, pod := range list.Items {
				if len(pod.Spec.SchedulingGates) > 0 {
					held = append(held, pod.Metadata.Name)
				}
			}
			return len(held) == pods
		})
		if err != nil {
			return err
		}
		for fate, some := range map[string][]string{"crash": held[:bad], "well": held[bad:]} {
			patch, err := json.Marshal(map[string]any{
				"metadata": map[string]any{"labels": map[string]any{"fate": fate}},
				"spec":     map[string]any{"schedulingGates": nil}})
			if err != nil {
				return err
			}
			if _, err := t.kubectl("", append([]string{"patch", "pod", "--type=merge", "-p", string(patch)}, some...)...); err != nil {
				return err
			}
		}
		return nil
	}
}

func breakWebhook(t *trial) error {
	if err := t.apply(fmt.Sprintf(`apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: %[1]s}
webhooks:
  - name: away.%[1]s.test
    clientConfig: {url: "https://127.0.0.1:1/"}
    rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
    namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %[1]s}}
    failurePolicy: Fail
    timeoutSeconds: 2
    sideEffects: None
    admissionReviewVersions: [v1]
`, t.ns)); err != nil {
		return err
	}
	return t.untilPodIs("failed calling webhook", true)
}

func removeWebhook(t *trial) error {
	_, err := t.kubectl("", "delete", "validatingwebhookconfiguration", t.ns, "--ignore-not-found")
	return err
}

// denyPods lets a policy deny all Pods for which this holds.
func denyPods(when string) func(*trial) error {
	return func(t *trial) error {
		if err := t.apply(fmt.Sprintf(`apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: %[1]s}
spec:
  matchConstraints:
    namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %[1]s}}
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  matchConditions: [{name: when, expression: %[2]q}]
  validations: [{expression: "false", message: no Pods on Fridays}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: %[1]s}
spec: {policyName: %[1]s, validationActions: [Deny]}
`, t.ns, when)); err != nil {
			return err
		}
		return t.untilPodIs("no Pods on Fridays", false)
	}
}

func allowPods(t *trial) error {
	_, err := t.kubectl("", "delete", "--ignore-not-found", "validatingadmissionpolicybinding/"+t.ns, "validatingadmissionpolicy/"+t.ns)
	return err
}

// untilPodIs tries to make a Pod until it is refused with these words: the API server takes a moment to know of a new policy.
func (t *trial) untilPodIs(refusedWith string, dryRun bool) error {
	args := []string{"create", "-f", "-"}
	if dryRun {
		args = append(args, "--dry-run=server")
	}
	pod := t.filled(fmt.Sprintf("{apiVersion: v1, kind: Pod, metadata: {name: probe}, spec: {terminationGracePeriodSeconds: 0, containers: [{name: c, image: %q}]}}", shellImage))
	return await(t.ctx, 30*time.Second, "a Pod is refused: "+refusedWith, func() bool {
		_, err := t.kubectl(pod, args...)
		if err == nil && !dryRun {
			_, err = t.kubectl("", "delete", "pod", "probe", "--force", "--grace-period=0")
		}
		return err != nil && strings.Contains(err.Error(), refusedWith)
	})
}

// push puts an image of this name into the registry, in the row's own folder.
func push(name string) func(*trial) error {
	return func(t *trial) error { return t.images.push(t.ctx, t.ns+"/"+name+":1") }
}

func openRegistry(t *trial) error {
	if err := t.images.push(t.ctx, "web:1"); err != nil {
		return err
	}
	return t.images.listen(t.away)
}

// aside has a context of its own: what it takes away has to go also where the run was ended.
func aside() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 30*time.Second)
}
