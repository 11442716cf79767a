package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// status is what is read of a Release.
type status struct {
	Stable   *struct{ Revision, HelmRevision int }
	Failure  *failure
	Rollback *struct{ RestoredAt, FinishedAt time.Time }
	// The change without a verdict.
	ChangeSet  *struct{ StartedAt time.Time }
	Conditions []struct{ Type, Status, Reason, Message string }
}

type failure struct {
	HelmRevision            int
	Reason, Message, Object string
}

func (c *cluster) release(ctx context.Context, ns string) (status, error) {
	var read struct{ Status status }
	err := c.get(ctx, "/apis/belay.dev/v1alpha1/namespaces/"+ns+"/releases/"+releaseName, &read)
	return read.Status, err
}

// reason is that of the condition Ready, with its message.
func (s status) reason() (string, string) {
	for _, condition := range s.Conditions {
		if condition.Type == "Ready" {
			return condition.Reason, condition.Message
		}
	}
	return "", ""
}

func (s status) revision() int {
	if s.Stable == nil {
		return 0
	}
	return s.Stable.Revision
}

func (s status) restored() bool { return s.Rollback != nil && !s.Rollback.RestoredAt.IsZero() }

// settled are the reasons of a verdict.
var settled = []string{"Verified", "RolledBack", "RollbackFailed", "NoStableRevision", "Observed"}

func (s status) settled() bool {
	reason, _ := s.reason()
	return slices.Contains(settled, reason)
}

// releaseName is that of each release: they are apart by their namespaces.
const releaseName = "web"

// chart writes a folder with a chart that renders these objects.
func chart(folder, manifest string) error {
	if err := os.MkdirAll(filepath.Join(folder, "templates"), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "Chart.yaml"), []byte("apiVersion: v2\nname: web\nversion: 1.0.0\n"), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "templates", "all.yaml"), []byte(manifest), 0o644)
}
