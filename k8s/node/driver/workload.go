package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// In manifests these stand for the image with a shell, the registry with a folder of the row's own, and the row's namespace.
const (
	shellImage = "@IMAGE@"
	ownImages  = "@REGISTRY@"
	namespace  = "@NAMESPACE@"
)

// workload is a Deployment, StatefulSet or Job with one container. Each container has a folder /state that its restarts leave
// as it is, and /tmp that they don't.
type workload struct {
	kind      string   // Deployment where it is empty
	name      string   // web where it is empty
	image     string   // the one with a shell where it is empty
	runs      string   // in the shell
	command   []string // instead of a shell
	spec      string   // YAML lines: more of the workload's spec
	pod       string   // of the Pod's
	container string   // of the container's
}

// sleeps is what a container does that is well.
const sleeps = "exec sleep 3600"

// good is what is there before the change.
var good = workload{runs: sleeps}

func (w workload) String() string {
	kind, version, name := orElse(w.kind, "Deployment"), "apps/v1", orElse(w.name, "web")
	selector := fmt.Sprintf("selector: {matchLabels: {run: %s}}", name)
	if kind == "Job" {
		version, selector = "batch/v1", ""
	}
	command := w.command
	if command == nil {
		command = []string{"sh", "-c", w.runs}
	}
	line, err := json.Marshal(command)
	if err != nil {
		panic(err) // of texts
	}
	image, container := orElse(w.image, shellImage), w.container
	if w.image == "" || len(w.command) > 0 || w.runs != "" {
		container = fmt.Sprintf("command: %s\n%s", line, container)
	}
	if !strings.Contains(container, "resources:") {
		container += "\nresources: {requests: {cpu: 5m, memory: 8Mi}}"
	}
	return fmt.Sprintf(`apiVersion: %[1]s
kind: %[2]s
metadata: {name: %[3]s, labels: {app.kubernetes.io/instance: web}}
spec:
  %[4]s
  %[5]s
  template:
    metadata: {labels: {run: %[3]s}}
    spec:
      terminationGracePeriodSeconds: 1
      dnsPolicy: Default
      volumes: [{name: state, emptyDir: {}}]
      %[6]s
      containers:
        - name: %[3]s
          image: %[7]s
          volumeMounts: [{name: state, mountPath: /state}]
          %[8]s
---
`, version, kind, name, selector, indent(w.spec, 2), indent(w.pod, 6), image, indent(container, 10))
}

// service has the name of the workload that answers for it.
func service(name string, port int) string {
	return fmt.Sprintf(`apiVersion: v1
kind: Service
metadata: {name: %[1]s, labels: {app.kubernetes.io/instance: web}}
spec: {selector: {run: %[1]s}, ports: [{port: %[2]d}]}
---
`, name, port)
}

func configMap(data string) string {
	return fmt.Sprintf(`apiVersion: v1
kind: ConfigMap
metadata: {name: web, labels: {app.kubernetes.io/instance: web}}
data: {%s}
---
`, data)
}

// objects puts them together to one manifest.
func objects(parts ...fmt.Stringer) string {
	var all strings.Builder
	for _, part := range parts {
		all.WriteString(part.String())
	}
	return all.String()
}

// text is a part of a manifest.
type text string

func (t text) String() string { return string(t) }

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

func indent(lines string, by int) string {
	return strings.ReplaceAll(strings.TrimSpace(lines), "\n", "\n"+strings.Repeat(" ", by))
}
