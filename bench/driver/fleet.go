package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// A fleet of two Deployments a release, five Pods each.
const (
	fleetNamespaces = 50
	fleetReplicas   = 5
)

// fleet measures a watcher over many releases: at rest, and while fifty change at once.
func (b *bench) fleet() ([]figure, error) {
	perNamespace := 20
	if b.quick {
		perNamespace = 1
	}
	begin := time.Now()
	if err := b.makeFleet(perNamespace); err != nil {
		return nil, err
	}
	releases := fleetNamespaces * perNamespace
	if err := b.awaitPods(releases * 2 * fleetReplicas); err != nil {
		return nil, err
	}
	say("fleet: %d releases are there after %.0f s", releases, time.Since(begin).Seconds())
	watcher, err := b.startWatcher()
	if err != nil {
		return nil, err
	}
	defer watcher.stop()
	memory := b.watch(watcher)
	begin = time.Now()
	if err := b.awaitStable(releases, 1); err != nil {
		return nil, err
	}
	learnt := time.Since(begin)
	say("fleet: all are verified after %.0f s", learnt.Seconds())

	time.Sleep(b.seconds(20)) // what was begun while they were verified comes to its end
	computed, from := watcher.cpu(), time.Now()
	time.Sleep(b.seconds(90))
	atRest := 100 * (watcher.cpu() - computed).Seconds() / time.Since(from).Seconds()

	verdicts, err := b.changeAtOnce(fleetNamespaces)
	if err != nil {
		return nil, err
	}
	slowest, middle := slices.Max(verdicts), median(verdicts)
	met := slowest <= 3*middle
	return []figure{
		absolute(fmt.Sprintf("watcher, first verdicts of %d releases", releases), "s", []float64{learnt.Seconds()}, noGoal),
		absolute(fmt.Sprintf("watcher, %d releases at rest, of one core", releases), "%", []float64{atRest}, atMost(5).in("%")),
		{Name: fmt.Sprintf("watcher, %d releases change at once, slowest verdict beside the median", len(verdicts)), Unit: "s",
			Belay: slowest, Reference: middle, Ratio: slowest / middle, Min: slices.Min(verdicts) / middle, Max: slowest / middle,
			Goal: "≤ 3", Met: &met},
		absolute(fmt.Sprintf("watcher, memory over %d releases", releases), "MiB", memory(), atMost(512).in("MiB")),
	}, nil
}

func fleetNamespace(n int) string { return fmt.Sprintf("bench-fleet-%d", n) }

// makeFleet writes what Helm would have written.
func (b *bench) makeFleet(perNamespace int) error {
	return inParallel(fleetNamespaces, func(n int) error {
		ns := fleetNamespace(n)
		if err := b.cluster.labelled(ns); err != nil {
			return err
		}
		for r := range perNamespace {
			release := fmt.Sprintf("web-%d", r)
			manifest := fleetManifest(release, ns, "1.0")
			if err := b.cluster.send("POST", "/api/v1/namespaces/"+ns+"/secrets", fleetRecord(release, ns, manifest, 1, "deployed")); err != nil {
				return err
			}
			for i := range 2 {
				if err := b.cluster.send("POST", "/apis/apps/v1/namespaces/"+ns+"/deployments", fleetDeployment(release, ns, "1.0", i)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// changeAtOnce gives the first release of each namespace another image, as an upgrade by Helm does, and answers the
// seconds that each verdict took.
func (b *bench) changeAtOnce(releases int) ([]float64, error) {
	const release = "web-0"
	begun := make([]time.Time, releases)
	err := inParallel(releases, func(n int) error {
		ns := fleetNamespace(n)
		begun[n] = time.Now()
		secrets := "/api/v1/namespaces/" + ns + "/secrets"
		manifest := fleetManifest(release, ns, "2.0")
		for i := range 2 {
			path := fmt.Sprintf("/apis/apps/v1/namespaces/%s/deployments/%s-%d", ns, release, i)
			if err := b.cluster.send("PUT", path, fleetDeployment(release, ns, "2.0", i)); err != nil {
				return err
			}
		}
		old := fleetRecord(release, ns, fleetManifest(release, ns, "1.0"), 1, "superseded")
		return errors.Join(
			b.cluster.send("PUT", secrets+"/sh.helm.release.v1."+release+".v1", old),
			b.cluster.send("POST", secrets, fleetRecord(release, ns, manifest, 2, "deployed")))
	})
	if err != nil {
		return nil, err
	}
	seconds := make([]float64, releases)
	return seconds, inParallel(releases, func(n int) error {
		s, err := b.cluster.status(fleetNamespace(n), release, func(s status) bool { return s.Stable != nil && s.Stable.HelmRevision == 2 })
		if err == nil {
			seconds[n] = s.Stable.VerifiedAt.Sub(begun[n]).Seconds()
		}
		return err
	})
}

func (b *bench) awaitPods(wanted int) error {
	for end := time.Now().Add(20 * time.Minute); time.Now().Before(end) && b.ctx.Err() == nil; time.Sleep(5 * time.Second) {
		ready := 0
		for n := range fleetNamespaces {
			var deployments struct {
				Items []struct{ Status struct{ ReadyReplicas int } }
			}
			if err := b.cluster.get("/apis/apps/v1/namespaces/"+fleetNamespace(n)+"/deployments", &deployments); err != nil {
				return err
			}
			for _, d := range deployments.Items {
				ready += d.Status.ReadyReplicas
			}
		}
		if ready >= wanted {
			return nil
		}
		say("fleet: %d of %d Pods are ready", ready, wanted)
	}
	return errors.New("the fleet's Pods did not become ready")
}

func (b *bench) awaitStable(wanted, helmRevision int) error {
	for end := time.Now().Add(15 * time.Minute); time.Now().Before(end) && b.ctx.Err() == nil; time.Sleep(2 * time.Second) {
		var list struct{ Items []struct{ Status status } }
		if err := b.cluster.get("/apis/belay.dev/v1alpha1/releases", &list); err != nil {
			return err
		}
		stable := 0
		for _, release := range list.Items {
			if s := release.Status; s.ready() && s.Stable != nil && s.Stable.HelmRevision == helmRevision {
				stable++
			}
		}
		if stable >= wanted {
			return nil
		}
	}
	return errors.New("not all releases were verified")
}

func fleetDeployment(release, ns, tag string, i int) map[string]any {
	name := fmt.Sprintf("%s-%d", release, i)
	labels := map[string]any{"app.kubernetes.io/name": "web", "app.kubernetes.io/component": name}
	return map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment",
		"metadata": map[string]any{
			"name": name, "namespace": ns,
			"labels":      map[string]any{"app.kubernetes.io/instance": release, "app.kubernetes.io/managed-by": "Helm"},
			"annotations": map[string]any{"meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": ns},
		},
		"spec": map[string]any{
			"replicas": fleetReplicas,
			"selector": map[string]any{"matchLabels": labels},
			"template": map[string]any{
				"metadata": map[string]any{"labels": labels},
				"spec":     map[string]any{"containers": []any{map[string]any{"name": "web", "image": healthy + tag}}},
			},
		},
	}
}

func fleetManifest(release, ns, tag string) string {
	var manifest strings.Builder
	for i := range 2 {
		text, err := json.Marshal(fleetDeployment(release, ns, tag, i))
		if err != nil {
			panic(err) // of maps and texts
		}
		manifest.WriteString("---\n" + string(text) + "\n")
	}
	return manifest.String()
}

func fleetRecord(release, ns, manifest string, version int, status string) map[string]any {
	record := newSecret(release, manifest, true, version, status)
	record["metadata"].(map[string]any)["namespace"] = ns
	return record
}

// send writes an object; what is more than the answer's status is not looked at.
func (c *cluster) send(method, path string, object map[string]any) error {
	body, err := json.Marshal(object)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(c.ctx, method, c.server+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := c.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, text)
	}
	return err
}

// inParallel does it for every number below n, and answers all that failed.
func inParallel(n int, do func(int) error) error {
	failed := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { failed[i] = do(i) })
	}
	all.Wait()
	return errors.Join(failed...)
}
