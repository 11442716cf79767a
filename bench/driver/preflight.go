package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"time"
)

// How Helm 4 and Helm 3 write the objects of a new release.
var methods = []struct {
	name       string
	serverSide bool
}{{"server-side", true}, {"client-side", false}}

// Whole releases: the pre-flight beside kubectl, which asks for a dry run of the same objects.
func (b *bench) preflight() ([]figure, error) {
	belay, err := b.startBelay()
	if err != nil {
		return nil, err
	}
	defer belay.stop()
	var figures []figure
	for _, objects := range []int{5, 50, 200} {
		goal := noGoal
		if objects == 50 {
			goal = atMost(0.5)
		}
		for _, method := range methods {
			release := fmt.Sprintf("%s-%d", method.name, objects)
			says := fmt.Sprintf("pre-flight of %d objects, %s apply, ", objects, method.name)
			first, next := newRelease(release, "1.0", objects), newRelease(release, "2.0", objects)
			install, err := b.besideKubectl(belay, says+"install", first, newRecord(release, first, method.serverSide, 1), goal)
			if err != nil {
				return figures, err
			}
			if err := b.installed(release, first, method.serverSide); err != nil {
				return figures, err
			}
			upgrade, err := b.besideKubectl(belay, says+"upgrade", next, newRecord(release, next, method.serverSide, 2), goal)
			if err != nil {
				return figures, err
			}
			figures = append(figures, install, upgrade)
			if err := b.cluster.delete(next); err != nil { // its Pods keep the control plane busy
				return figures, err
			}
		}
	}
	return figures, nil
}

// installed leaves what Helm does: the objects, as it writes them, and its record of them.
func (b *bench) installed(release, manifest string, serverSide bool) error {
	record, err := json.Marshal(newSecret(release, manifest, serverSide, 1, "deployed"))
	if err != nil {
		return err
	}
	if serverSide {
		err = b.cluster.apply(manifest)
	} else {
		_, err = b.cluster.kubectl(manifest, "create", "--field-manager=helm", "-n", namespace, "-f", "-")
	}
	if err == nil {
		_, err = b.cluster.kubectl(string(record), "create", "-n", namespace, "-f", "-")
	}
	return err
}

func (b *bench) besideKubectl(belay *server, says, manifest string, record []byte, goal goal) (figure, error) {
	var gate, kubectl []float64
	for round := range 1 + b.rounds(5) {
		took, err := b.post(belay, "preflight", record)
		if err != nil {
			return figure{}, err
		}
		reference, err := b.kubectlDryRun(manifest)
		if err != nil {
			return figure{}, err
		}
		if round > 0 { // the first one fills kubectl's cache of what the API server serves
			gate, kubectl = append(gate, millis(took)), append(kubectl, millis(reference))
		}
	}
	return compare(says, "ms", gate, kubectl, goal), nil
}

func (b *bench) kubectlDryRun(manifest string) (time.Duration, error) {
	cmd := exec.CommandContext(b.ctx, "kubectl", "apply", "--server-side", "--dry-run=server", "--field-manager=helm",
		"--force-conflicts", "-n", namespace, "-f", "-")
	cmd.Stdin = strings.NewReader(manifest)
	begin := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("kubectl apply: %w: %.500s", err, out)
	}
	return time.Since(begin), nil
}

// post sends one review, as the API server does, and answers how long it took.
func (b *bench) post(s *server, entry string, review []byte) (time.Duration, error) {
	begin := time.Now()
	request, err := http.NewRequestWithContext(b.ctx, http.MethodPost, s.url+entry+"?timeout=10s", bytes.NewReader(review))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := s.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err
	}
	took := time.Since(begin)
	if answer.StatusCode != http.StatusOK || !fine(body) {
		return 0, fmt.Errorf("%s answered %d: %.500s", s.name, answer.StatusCode, body)
	}
	return took, nil
}
