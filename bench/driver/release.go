package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// A part of a release: five objects, as most charts have them.
const part = `---
# Source: web/templates/configmap.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: %[1]s
  labels:
    app.kubernetes.io/name: web
    app.kubernetes.io/instance: %[2]s
    app.kubernetes.io/version: "%[3]s"
    app.kubernetes.io/managed-by: Helm
    helm.sh/chart: web-1.4.2
data:
  GREETING: "Welcome to %[3]s"
  settings.yaml: |
    log: {level: info, format: json}
    database: {host: db, port: 5432, pool: 10}
---
# Source: web/templates/secret.yaml
apiVersion: v1
kind: Secret
metadata:
  name: %[1]s
type: Opaque
stringData:
  PASSWORD: "correct-horse-%[3]s"
---
# Source: web/templates/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: %[1]s
spec:
  selector: {app.kubernetes.io/name: web, app.kubernetes.io/component: %[1]s}
  ports:
    - {name: http, port: 80, targetPort: http}
---
# Source: web/templates/deployment.yaml
%[4]s---
# Source: web/templates/hpa.yaml
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: %[1]s
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: %[1]s}
  minReplicas: 2
  maxReplicas: 10
  metrics:
    - type: Resource
      resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}
`

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: %[1]s
  namespace: bench
  labels:
    app.kubernetes.io/name: web
    app.kubernetes.io/instance: %[2]s
    app.kubernetes.io/managed-by: Helm
  annotations:
    meta.helm.sh/release-name: %[2]s
    meta.helm.sh/release-namespace: bench
spec:
  replicas: 2
  selector:
    matchLabels: {app.kubernetes.io/name: web, app.kubernetes.io/component: %[1]s}
  template:
    metadata:
      labels: {app.kubernetes.io/name: web, app.kubernetes.io/component: %[1]s}
    spec:
      containers:
        - name: web
          image: example/web:%[3]s
          ports: [{name: http, containerPort: 8080}]
          resources:
            requests: {cpu: 100m, memory: 128Mi}
            limits: {memory: 256Mi}
          readinessProbe:
            httpGet: {path: /ready, port: http}
            periodSeconds: 5
          env:
%[4]s`

// newDeployment has this many environment variables, of which each adds about 150 bytes to its review.
func newDeployment(name, release, tag string, variables int) string {
	var env strings.Builder
	for i := range variables {
		fmt.Fprintf(&env, "            - {name: SETTING_%d, value: \"value %d of a setting\"}\n", i, i)
	}
	return fmt.Sprintf(deployment, name, release, tag, env.String())
}

// newRelease is the manifest of so many objects, a multiple of five.
func newRelease(release, tag string, objects int) string {
	var manifest strings.Builder
	for i := range objects / 5 {
		name := fmt.Sprintf("%s-%d", release, i)
		fmt.Fprintf(&manifest, part, name, release, tag, newDeployment(name, release, tag, 8))
	}
	return manifest.String()
}

// newRecord is the review of Helm's record of this manifest, which it creates before it writes any object.
func newRecord(release, manifest string, serverSide bool, version int) []byte {
	status := "pending-install"
	if version > 1 {
		status = "pending-upgrade"
	}
	return newReview(secrets, newSecret(release, manifest, serverSide, version, status), nil)
}

// newSecret is Helm's record as helm v4.3.1 stores it (pkg/storage/driver).
func newSecret(release, manifest string, serverSide bool, version int, status string) map[string]any {
	method := "csa"
	if serverSide {
		method = "ssa"
	}
	record, err := json.Marshal(map[string]any{
		"name": release, "namespace": namespace, "version": version, "manifest": manifest, "apply_method": method,
		"info":   map[string]any{"status": status, "description": "Preparing", "first_deployed": "2026-01-01T00:00:00Z"},
		"config": map[string]any{"image": map[string]any{"tag": "2.0"}},
		// The record carries the chart's own files too; the gate reads over them.
		"chart": map[string]any{
			"metadata":  map[string]any{"name": "web", "version": "1.4.2", "apiVersion": "v2"},
			"templates": []any{map[string]any{"name": "templates/all.yaml", "data": []byte(part + deployment)}},
		},
	})
	if err != nil {
		panic(err) // of maps and texts
	}
	var zipped bytes.Buffer
	writer, _ := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	_, _ = writer.Write(record)
	_ = writer.Close()
	stored := base64.StdEncoding.EncodeToString(zipped.Bytes())
	labels := map[string]any{"name": release, "owner": "helm", "status": status, "version": fmt.Sprint(version)}
	return map[string]any{
		"apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
		"metadata": map[string]any{
			"name": fmt.Sprintf("sh.helm.release.v1.%s.v%d", release, version), "namespace": namespace, "labels": labels},
		"data": map[string]any{"release": []byte(stored)},
	}
}
