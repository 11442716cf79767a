package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// What the API server sends, as k8s.io/api/admission/v1 has it.
type review struct {
	APIVersion string  `json:"apiVersion"`
	Kind       string  `json:"kind"`
	Request    request `json:"request"`
}

type request struct {
	UID       string         `json:"uid"`
	Kind      groupKind      `json:"kind"`
	Resource  groupResource  `json:"resource"`
	Name      string         `json:"name"`
	Namespace string         `json:"namespace"`
	Operation string         `json:"operation"`
	UserInfo  map[string]any `json:"userInfo"`
	Object    map[string]any `json:"object"`
	OldObject map[string]any `json:"oldObject"`
	DryRun    bool           `json:"dryRun"`
	Options   map[string]any `json:"options"`
}

type groupKind struct {
	Group   string `json:"group"`
	Version string `json:"version"`
	Kind    string `json:"kind"`
}

type groupResource struct {
	Group    string `json:"group"`
	Version  string `json:"version"`
	Resource string `json:"resource"`
}

var (
	deployments = groupResource{"apps", "v1", "deployments"}
	configMaps  = groupResource{"", "v1", "configmaps"}
	secrets     = groupResource{"", "v1", "secrets"}
)

// newReview is the review of this write; no old object: a CREATE.
func newReview(resource groupResource, object, old map[string]any) []byte {
	operation, options := "CREATE", "CreateOptions"
	if old != nil {
		operation, options = "UPDATE", "UpdateOptions"
	}
	metadata := object["metadata"].(map[string]any)
	body, err := json.Marshal(review{"admission.k8s.io/v1", "AdmissionReview", request{
		UID:       "705ab4f5-6393-11e8-b7cc-42010a800002",
		Kind:      groupKind{resource.Group, resource.Version, object["kind"].(string)},
		Resource:  resource,
		Name:      metadata["name"].(string),
		Namespace: namespace,
		Operation: operation,
		UserInfo:  map[string]any{"username": "kubernetes-admin", "groups": []string{"system:masters", "system:authenticated"}},
		Object:    object,
		OldObject: old,
		Options: map[string]any{
			"kind": options, "apiVersion": "meta.k8s.io/v1", "fieldManager": "helm", "fieldValidation": "Strict"},
	}})
	if err != nil {
		panic(err) // of maps and texts
	}
	return body
}

// A write of an object; no old one: it is created.
type write struct {
	object, old map[string]any
	harmless    bool // the gate says so at once, without rules or a dry run
}

// mixed are sixteen writes of Deployments, whose reviews have about 7 kB each: six are created, six get another image,
// two get fewer replicas, and of two nothing but metadata changes.
func mixed(live map[string]map[string]any) ([]write, error) {
	var writes []write
	for _, name := range slices.Sorted(maps.Keys(live)) {
		stored := live[name]
		spec := stored["spec"].(map[string]any)
		switch len(writes) % 8 {
		case 0, 2, 5:
			writes = append(writes, write{object: created(stored)})
		case 3:
			annotated := with(stored["metadata"].(map[string]any), "labels", map[string]any{"team": "shop"})
			writes = append(writes, write{with(stored, "metadata", annotated), stored, true})
		case 7:
			writes = append(writes, write{with(stored, "spec", with(spec, "replicas", 1)), stored, true})
		default:
			template := spec["template"].(map[string]any)
			pod := template["spec"].(map[string]any)
			container := with(pod["containers"].([]any)[0].(map[string]any), "image", "example/web:3.0")
			changed := with(template, "spec", with(pod, "containers", []any{container}))
			writes = append(writes, write{object: with(stored, "spec", with(spec, "template", changed)), old: stored})
		}
	}
	if len(writes) != 16 {
		return nil, fmt.Errorf("%d Deployments are there, not 16", len(writes))
	}
	return writes, nil
}

// created is the object before it is stored for the first time.
func created(stored map[string]any) map[string]any {
	metadata := maps.Clone(stored["metadata"].(map[string]any))
	metadata["name"] = metadata["name"].(string) + "-new"
	for _, field := range []string{"uid", "resourceVersion", "generation", "creationTimestamp"} {
		delete(metadata, field)
	}
	object := with(stored, "metadata", metadata)
	delete(object, "status")
	return object
}

// with is a copy of the object in which this field has another value.
func with(object map[string]any, field string, value any) map[string]any {
	changed := maps.Clone(object)
	changed[field] = value
	return changed
}
