package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// attempt is an upgrade that fails, sent in one way.
type attempt struct {
	fault fault
	way   way
	ns    string
}

// fault is what is wrong with the new version.
type fault struct {
	name, says string
	spoil      func(version) version
}

// way is a client, and whether Belay minds the namespace.
type way struct {
	name, says, helm string
	flags            []string
	belay            bool
}

// outcome is what came of an attempt. Times are in seconds, from the begin of the client.
type outcome struct {
	Fault    string  `json:"fault"`
	Way      string  `json:"way"`
	Restored float64 `json:"restoredSeconds"` // all objects are as they were, and Helm's history is true
	Changed  bool    `json:"changed"`         // anything was changed at all
	Ended    float64 `json:"clientEndedSeconds"`
	ExitCode int     `json:"exitCode"`
	Told     string  `json:"told"` // the client's error, or the first line of its success
	fault    fault
	way      way
}

var faults = []fault{
	{"crash", "a container exits at its start", func(v version) version { v.script = "echo cannot connect to db; exit 3"; return v }},
	{"image", "the registry does not have the image", func(v version) version { v.image = v.missing; return v }},
	{"key", "a key is missing in the release's ConfigMap", func(v version) version { v.key = "NOPE"; return v }},
	{"hpa", "an autoscaler's target is -10", func(v version) version { v.target = -10; return v }},
}

// The first is that of a user who has installed Belay and does nothing else. The last two are all that Helm has, with its default timeout.
var ways = []way{
	{"belay", "Belay, `helm upgrade`", "helm", nil, true},
	{"belay-wait", "Belay, `helm upgrade --wait`", "helm", []string{"--wait"}, true},
	{"helm4", "Helm 4 alone, `--rollback-on-failure`", "helm", []string{"--rollback-on-failure"}, false},
	{"helm3", "Helm 3 alone, `--atomic`", "helm3", []string{"--atomic"}, false},
}

// version is one of the release's five objects, all of which differ from one to the next.
type version struct {
	image, missing, script, key string
	number, target              int
}

func (v version) manifest() string {
	web := workload{
		image: v.image, runs: v.script, spec: "replicas: 2",
		container: fmt.Sprintf("env: [{name: GREETING, valueFrom: {configMapKeyRef: {name: web, key: %s}}}]\n", v.key) +
			"readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1}",
	}
	return fmt.Sprintf(`apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data: {GREETING: "Welcome to %[1]d"}
---
apiVersion: v1
kind: Secret
metadata: {name: web}
stringData: {PASSWORD: "correct-horse-%[1]d"}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {run: web}, ports: [{name: http, port: %[2]d, targetPort: 8080}]}
---
%[3]sapiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 2
  maxReplicas: %[4]d
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: %[5]d}}}]
`, v.number, 80+v.number, web, 5+v.number, v.target)
}

// released are the paths of these objects, the one first that tells soonest.
var released = []string{
	"/apis/apps/v1/namespaces/%s/deployments/web", "/api/v1/namespaces/%s/configmaps/web", "/api/v1/namespaces/%s/secrets/web",
	"/api/v1/namespaces/%s/services/web", "/apis/autoscaling/v2/namespaces/%s/horizontalpodautoscalers/web",
}

// waits tells whether the client does nothing for its whole timeout.
func (a *attempt) waits() bool { return !a.way.belay && a.fault.name != "hpa" }

// apart is how long a client has for its writes before the next one begins: they share the cores.
const apart = 5 * time.Second

// bench sends each faulty upgrade in each way. Those that wait for their timeout do so side by side; meanwhile the others are sent, one
// after the other.
func bench(ctx context.Context, c *cluster, s settings) error {
	registry, err := findImages(ctx, c, s)
	if err != nil {
		return err
	}
	missing := s.image[:max(strings.LastIndex(s.image, ":"), 0)] + ":belay-no-such-tag"
	if registry != nil {
		defer registry.close()
		missing = registry.address + "/web:2"
	}
	suffix := strings.ToLower(rand.Text()[:4])
	var attempts []*attempt
	for _, f := range faults {
		for _, w := range ways {
			if s.rows.MatchString(f.name+"/"+w.name) && (!s.quick || w.belay) {
				attempts = append(attempts, &attempt{f, w, fmt.Sprintf("bench-%s-%s-%s", f.name, w.name, suffix)})
			}
		}
	}
	slices.SortStableFunc(attempts, func(a, b *attempt) int {
		if a.waits() == b.waits() {
			return 0
		} else if a.waits() {
			return -1
		}
		return 1
	})
	say("%d upgrades; Helm alone waits for its timeout of 5 minutes, and meanwhile the others are sent, one after the other", len(attempts))
	good := version{image: s.image, missing: missing, script: "echo ok >/tmp/index.html; exec httpd -f -p 8080 -h /tmp", key: "GREETING", number: 1, target: 80}
	// All are there before the first is changed, so that no installation disturbs a measurement.
	installing := make(chan struct{}, 4)
	err = each(attempts, func(_ int, a *attempt) error {
		installing <- struct{}{}
		defer func() { <-installing }()
		return a.install(ctx, c, s, good)
	})
	outcomes := make([]outcome, len(attempts))
	if err == nil {
		waiting := 0
		for _, a := range attempts {
			if a.waits() {
				waiting++
			}
		}
		var oneByOne sync.Mutex
		err = each(attempts, func(n int, a *attempt) error {
			if err := pause(ctx, apart*time.Duration(min(n, waiting))); err != nil {
				return err
			}
			if !a.waits() {
				oneByOne.Lock()
				defer oneByOne.Unlock()
			}
			o, err := a.measure(ctx, c, s, good)
			outcomes[n] = o
			say("%s with %s: restored after %.1f s, client ended after %.1f s", o.Fault, o.way.says, o.Restored, o.Ended)
			return err
		})
	}
	for _, a := range attempts {
		a.clear(c, s)
	}
	outcomes = slices.DeleteFunc(outcomes, func(o outcome) bool { return o.Ended == 0 })
	slices.SortStableFunc(outcomes, func(a, b outcome) int { return place(a) - place(b) })
	return errors.Join(err, report(outcomes, s.out))
}

// place is that of the outcome in the table: the faults together, and of each all ways.
func place(o outcome) int {
	way := slices.IndexFunc(ways, func(w way) bool { return w.name == o.Way })
	return slices.IndexFunc(faults, func(f fault) bool { return f.name == o.Fault })*len(ways) + way
}

func each(attempts []*attempt, do func(int, *attempt) error) error {
	problems := make([]error, len(attempts))
	var all sync.WaitGroup
	for n, a := range attempts {
		all.Go(func() {
			if err := do(n, a); err != nil {
				problems[n] = fmt.Errorf("%s: %w", a.ns, err)
			}
		})
	}
	all.Wait()
	return errors.Join(problems...)
}

func (a *attempt) install(ctx context.Context, c *cluster, s settings, good version) error {
	if err := c.namespace(ctx, a.ns, a.way.belay); err != nil {
		return err
	}
	out, err := a.send(ctx, s, good, "install", "--wait", "--timeout", "5m")
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	if !a.way.belay {
		return nil
	}
	return await(ctx, 2*time.Minute, "the good version is verified", func() bool {
		s, err := c.release(ctx, a.ns)
		return err == nil && s.settled() && s.revision() > 0
	})
}

func (a *attempt) send(ctx context.Context, s settings, v version, verb string, flags ...string) (string, error) {
	folder := filepath.Join(s.work, fmt.Sprintf("%s-%d", a.ns, v.number))
	manifest := strings.ReplaceAll(v.manifest(), shellImage, s.image)
	if err := chart(folder, manifest); err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	out, problem, err := command(ctx, "", a.way.helm, append([]string{verb, releaseName, folder, "-n", a.ns}, flags...)...)
	if err == nil {
		first, _, _ := strings.Cut(out, "\n")
		return first, nil
	}
	return lastLine(problem), err
}

// measure sends the faulty upgrade, and looks at the objects and at Helm's records alone, the same for each way.
func (a *attempt) measure(ctx context.Context, c *cluster, s settings, good version) (outcome, error) {
	o := outcome{Fault: a.fault.name, Way: a.way.name, fault: a.fault, way: a.way}
	before, err := a.objects(ctx, c)
	if err != nil {
		return o, err
	}
	bad := good
	bad.number = 2
	bad = a.fault.spoil(bad)
	began := time.Now()
	type end struct {
		told string
		err  error
		took time.Duration
	}
	ended := make(chan end, 1)
	go func() {
		told, err := a.send(ctx, s, bad, "upgrade", a.way.flags...)
		ended <- end{told, err, time.Since(began)}
	}()
	gone := false
	err = await(ctx, 10*time.Minute, "all is restored", func() bool {
		select {
		case e := <-ended:
			gone = true
			o.Ended, o.ExitCode, o.Told = e.took.Seconds(), exitCode(e.err), e.told
		default:
		}
		same, newest := a.restored(ctx, c, before)
		o.Changed = o.Changed || newest > 1
		if o.Restored == 0 && same && o.Changed {
			o.Restored = time.Since(began).Seconds()
		}
		if gone && !o.Changed && same {
			o.Restored = o.Ended
		}
		return gone && o.Restored > 0
	})
	return o, err
}

// objects reads what is in the five objects.
func (a *attempt) objects(ctx context.Context, c *cluster) ([]map[string]any, error) {
	var all []map[string]any
	for _, path := range released {
		object, err := a.object(ctx, c, path)
		if err != nil {
			return nil, err
		}
		all = append(all, object)
	}
	return all, nil
}

func (a *attempt) object(ctx context.Context, c *cluster, path string) (map[string]any, error) {
	var object map[string]any
	err := c.get(ctx, fmt.Sprintf(path, a.ns), &object)
	return map[string]any{"spec": object["spec"], "data": object["data"]}, err
}

// restored tells whether all objects are as they were before and Helm's history is true, and the number of its newest record. It is
// true where one record is the deployed one and none is pending: the newest, or the first, where Helm itself has marked the second as failed.
func (a *attempt) restored(ctx context.Context, c *cluster, before []map[string]any) (bool, int) {
	var records struct {
		Items []struct {
			Metadata struct{ Labels map[string]string }
		}
	}
	if err := c.get(ctx, "/api/v1/namespaces/"+a.ns+"/secrets?labelSelector=owner%3Dhelm", &records); err != nil {
		return false, 0
	}
	newest, deployed, pending := 0, 0, 0
	for _, record := range records.Items {
		if number, err := strconv.Atoi(record.Metadata.Labels["version"]); err == nil {
			newest = max(newest, number)
		}
		switch state := record.Metadata.Labels["status"]; {
		case state == "deployed":
			deployed++
		case strings.HasPrefix(state, "pending-"):
			pending++
		}
	}
	if deployed != 1 || pending > 0 {
		return false, newest
	}
	for n, path := range released {
		if object, err := a.object(ctx, c, path); err != nil || !reflect.DeepEqual(object, before[n]) {
			return false, newest
		}
	}
	return true, newest
}

func (a *attempt) clear(c *cluster, s settings) {
	ctx, cancel := aside()
	defer cancel()
	if s.keep {
		return
	}
	if _, err := c.kubectl(ctx, "", "delete", "namespace", a.ns, "--wait=false", "--ignore-not-found"); err != nil {
		say("%s: %v", a.ns, err)
	}
}

func lastLine(text string) string {
	lines := slices.Collect(strings.Lines(strings.TrimSpace(text)))
	if len(lines) == 0 {
		return ""
	}
	return strings.TrimSpace(lines[len(lines)-1])
}

// report prints the tables of README.md and docs/performance.md, and writes the figures.
func report(outcomes []outcome, file string) error {
	fmt.Printf("\nTaken on %s, %s/%s, %d cores. Until all is restored:\n\n", time.Now().UTC().Format("2 January 2006"), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	heads, line := "| fault |", "| --- |"
	for _, w := range ways {
		heads, line = heads+" "+w.says+" |", line+" --- |"
	}
	fmt.Println(heads + "\n" + line)
	for _, f := range faults {
		cells := "| " + f.says + " |"
		for _, w := range ways {
			cell := ""
			for _, o := range outcomes {
				if o.Fault == f.name && o.Way == w.name {
					cell = o.restored()
				}
			}
			cells += " " + cell + " |"
		}
		fmt.Println(cells)
	}
	fmt.Printf("\nWhat the client was told, and when:\n\n")
	fmt.Println("| fault | with | exit code | after | its words |")
	fmt.Println("| --- | --- | --- | --- | --- |")
	for _, o := range outcomes {
		fmt.Printf("| %s | %s | %d | %.1f s | `%s` |\n", o.fault.says, o.way.says, o.ExitCode, o.Ended,
			strings.ReplaceAll(shortened(o.Told, 200), "|", "\\|"))
	}
	text, err := json.MarshalIndent(outcomes, "", "  ")
	if err != nil || file == "" {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}

// restored is the time in the table.
func (o outcome) restored() string {
	switch {
	case o.Restored == 0:
		return "not restored"
	case !o.Changed:
		return fmt.Sprintf("%.1f s, nothing was changed", o.Restored)
	}
	return fmt.Sprintf("%.1f s", o.Restored)
}

func shortened(text string, to int) string {
	if runes := []rune(text); len(runes) > to {
		return string(runes[:to]) + "…"
	}
	return text
}
