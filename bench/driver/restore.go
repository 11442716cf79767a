package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	healthy = "example/web:"
	crashes = "example/web-crashes:" // k8s/local/stages plays failures by image name
)

// exits of a container with which its failure is certain.
const exits = 3

// floorConnections is how many of Belay's requests for one release are under way at once.
const floorConnections = 8

// restore measures the time from "the cause is certain by what the API has" to "the last object is as it was, field managers
// included", and beside it the floor: the same writes to the same objects of another namespace, in the same moment of a roll-out,
// by eight connections that have nothing else to do.
func (b *bench) restore() ([]figure, error) {
	watcher, err := b.startWatcher("BELAY_FAILURE_MINIMUM=1s")
	if err != nil {
		return nil, err
	}
	defer watcher.stop()
	var figures []figure
	for _, objects := range []int{5, 50, 200} {
		times, floors, err := b.restores(objects, b.rounds(5))
		if err != nil {
			return figures, err
		}
		say("restore of %d objects: %.0f ms, floor %.0f ms", objects, times, floors)
		f := compare(fmt.Sprintf("restore of %d objects, from the evidence to the last write", objects), "ms", times, floors, noGoal)
		met := f.Belay <= 2*f.Reference+100
		f.Goal, f.Met = "≤ 2 × floor + 100 ms", &met
		figures = append(figures, f)
	}
	return figures, nil
}

func (b *bench) restores(objects, rounds int) (times, floors []float64, err error) {
	ns := fmt.Sprintf("bench-restore-%d", objects)
	beside := ns + "-floor" // not labelled: Belay leaves it alone
	if err := b.cluster.labelled(ns); err != nil {
		return nil, nil, err
	}
	if _, err := b.cluster.kubectl("", "create", "namespace", beside); err != nil {
		return nil, nil, err
	}
	manifest := newRelease("web", "1.0", objects)
	for _, in := range []string{ns, beside} {
		good, err := b.chart(in, manifest)
		if err != nil {
			return nil, nil, err
		}
		if _, err := b.cluster.helm("helm", "install", "web", good, "-n", in); err != nil {
			return nil, nil, err
		}
	}
	for round := range rounds {
		tag := fmt.Sprintf("2.%d", round)
		took, err := b.restored(ns, tag, objects)
		if err != nil {
			return nil, nil, err
		}
		floor, err := b.floor(beside, manifest, tag, objects)
		if err != nil {
			return nil, nil, err
		}
		times, floors = append(times, millis(took)), append(floors, millis(floor))
	}
	_, err = b.cluster.kubectl("", "delete", "namespace", ns, beside, "--wait=false")
	return times, floors, err
}

// restored is the time that Belay takes.
func (b *bench) restored(ns, tag string, objects int) (time.Duration, error) {
	if _, err := b.cluster.status(ns, "web", func(s status) bool { return s.ready() }); err != nil {
		return 0, err
	}
	look, err := b.cluster.lookAt(ns)
	if err != nil {
		return 0, err
	}
	defer look.stop()
	if err := b.crash(ns, tag, objects); err != nil {
		return 0, err
	}
	if _, err := b.cluster.status(ns, "web", func(s status) bool {
		return s.Rollback != nil && !s.Rollback.RestoredAt.IsZero() && s.Failure != nil && strings.Contains(fmt.Sprint(s.Failure.Changes), tag)
	}); err != nil {
		return 0, err
	}
	return look.took(objects / 5 * 3)
}

// floor is the time that the writes alone take.
func (b *bench) floor(ns, manifest, tag string, objects int) (time.Duration, error) {
	look, err := b.cluster.lookAt(ns)
	if err != nil {
		return 0, err
	}
	defer look.stop()
	if err := b.crash(ns, tag, objects); err != nil {
		return 0, err
	}
	if _, err := look.evidence(); err != nil {
		return 0, err
	}
	work := make(chan floorWrite)
	failed := make(chan error, floorConnections)
	begin := time.Now()
	var all sync.WaitGroup
	for range floorConnections {
		all.Go(func() {
			for w := range work {
				if err := b.cluster.applyAsHelm(w); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	for _, w := range floorWrites(ns, manifest) {
		select {
		case work <- w:
		case err := <-failed:
			close(work)
			return 0, err
		}
	}
	close(work)
	all.Wait()
	took := time.Since(begin)
	select {
	case err := <-failed:
		return 0, err
	default:
	}
	_, err = look.took(objects / 5 * 3)
	return took, err
}

// crash upgrades the release to one of which the first of its Deployments crashes.
func (b *bench) crash(ns, tag string, objects int) error {
	bad, err := b.chart(ns, strings.Replace(newRelease("web", tag, objects), healthy, crashes, 1))
	if err != nil {
		return err
	}
	_, err = b.cluster.helm("helm", "upgrade", "web", bad, "-n", ns)
	return err
}

// A floorWrite is the write of one object, as Helm has applied it.
type floorWrite struct{ path, body string }

// floorWrites are the objects of this manifest of which another tag changes something, those that workloads need first.
func floorWrites(ns, manifest string) []floorWrite {
	var writes []floorWrite
	for _, kind := range []struct{ kind, path string }{
		{"ConfigMap", "/api/v1/namespaces/%s/configmaps/"},
		{"Secret", "/api/v1/namespaces/%s/secrets/"},
		{"Deployment", "/apis/apps/v1/namespaces/%s/deployments/"},
	} {
		for _, document := range strings.Split(manifest, "---\n") {
			_, after, found := strings.Cut(document, "\nkind: "+kind.kind+"\nmetadata:\n  name: ")
			if !found {
				continue
			}
			name, _, _ := strings.Cut(after, "\n")
			marks := ""
			if !strings.Contains(document, "\n  annotations:\n") {
				marks += fmt.Sprintf("  annotations: {meta.helm.sh/release-name: web, meta.helm.sh/release-namespace: %s}\n", ns)
			}
			if !strings.Contains(document, "\n  labels:\n") {
				marks += "  labels: {app.kubernetes.io/managed-by: Helm}\n"
			}
			body := strings.Replace(document, "\nmetadata:\n", "\nmetadata:\n"+marks, 1)
			body = strings.ReplaceAll(body, "namespace: bench\n", "namespace: "+ns+"\n")
			writes = append(writes, floorWrite{fmt.Sprintf(kind.path, ns) + name, body})
		}
	}
	return writes
}

func (c *cluster) applyAsHelm(w floorWrite) error {
	request, err := http.NewRequestWithContext(c.ctx, http.MethodPatch, c.server+w.path+"?fieldManager=helm&force=true", strings.NewReader(w.body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/apply-patch+yaml")
	answer, err := c.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", w.path, answer.Status, text)
	}
	return err
}

// What is read of a Release.
type status struct {
	Stable *struct {
		HelmRevision int       `json:"helmRevision"`
		VerifiedAt   time.Time `json:"verifiedAt"`
	} `json:"stable"`
	Failure *struct {
		Changes []string `json:"changes"`
	} `json:"failure"`
	Rollback *struct {
		RestoredAt time.Time `json:"restoredAt"`
	} `json:"rollback"`
	Conditions []struct{ Type, Status string } `json:"conditions"`
}

func (s status) ready() bool {
	for _, condition := range s.Conditions {
		if condition.Type == "Ready" && condition.Status == "True" {
			return true
		}
	}
	return false
}

// labelled makes a namespace in which Belay enforces.
func (c *cluster) labelled(ns string) error {
	_, err := c.kubectl(fmt.Sprintf(
		"{apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: {belay.dev/mode: enforce}}}", ns), "create", "-f", "-")
	return err
}

// status waits until the Release is as wanted.
func (c *cluster) status(ns, release string, wanted func(status) bool) (status, error) {
	var last status
	for end := time.Now().Add(6 * time.Minute); time.Now().Before(end) && c.ctx.Err() == nil; time.Sleep(100 * time.Millisecond) {
		var read struct{ Status status }
		if err := c.get("/apis/belay.dev/v1alpha1/namespaces/"+ns+"/releases/"+release, &read); err == nil {
			last = read.Status
			if wanted(last) {
				return last, nil
			}
		}
	}
	return last, fmt.Errorf("release %s/%s did not become as wanted: %+v", ns, release, last)
}

func (c *cluster) get(path string, into any) error {
	answer, err := c.client.Get(c.server + path)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		_, _ = io.Copy(io.Discard, answer.Body)
		return errors.New(answer.Status)
	}
	return json.NewDecoder(answer.Body).Decode(into)
}

func (c *cluster) helm(helm string, args ...string) (string, error) {
	out, err := exec.CommandContext(c.ctx, helm, args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", helm, strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return string(out), nil
}

// chart is the folder of a chart that renders this, in this namespace.
func (b *bench) chart(ns, manifest string) (string, error) {
	folder, err := os.MkdirTemp(b.work, "chart-")
	if err != nil {
		return "", err
	}
	manifest = strings.ReplaceAll(manifest, "namespace: bench\n", "namespace: "+ns+"\n")
	return folder, errors.Join(
		os.Mkdir(filepath.Join(folder, "templates"), 0o755),
		os.WriteFile(filepath.Join(folder, "Chart.yaml"), []byte("apiVersion: v2\nname: web\nversion: 1.0.0\n"), 0o644),
		os.WriteFile(filepath.Join(folder, "templates", "all.yaml"), []byte(manifest), 0o644))
}
