package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"time"
)

// cluster is that of KUBECONFIG. Writes are those of kubectl and Helm; what is looked at often is read through kubectl's proxy,
// which logs in whatever way the KUBECONFIG says.
type cluster struct {
	proxy  string
	client *http.Client
	stop   context.CancelFunc
}

func connect(ctx context.Context) (*cluster, error) {
	ctx, stop := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, "kubectl", "proxy", "--port=0")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		stop()
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	_, address, found := strings.Cut(strings.TrimSpace(line), "Starting to serve on ")
	if err != nil || !found {
		stop()
		return nil, fmt.Errorf("kubectl proxy says %q: %w", line, err)
	}
	go func() { _ = cmd.Wait() }()
	return &cluster{proxy: "http://" + address, client: &http.Client{Timeout: 10 * time.Second}, stop: stop}, nil
}

func (c *cluster) close() { c.stop() }

// get reads an object or a list of the API.
func (c *cluster) get(ctx context.Context, path string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.proxy+path, nil)
	if err != nil {
		return err
	}
	answer, err := c.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		_, _ = io.Copy(io.Discard, answer.Body)
		return fmt.Errorf("%s: %s", path, answer.Status)
	}
	return json.NewDecoder(answer.Body).Decode(into)
}

// kubectl runs it with this input, and returns what it printed on stdout.
func (c *cluster) kubectl(ctx context.Context, input string, args ...string) (string, error) {
	out, problem, err := command(ctx, input, "kubectl", args...)
	if err != nil {
		return out, fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(problem))
	}
	return out, nil
}

func command(ctx context.Context, input, name string, args ...string) (string, string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	var out, problem bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, &problem
	err := cmd.Run()
	return out.String(), problem.String(), err
}

// namespace makes one, in which Belay enforces where it is to.
func (c *cluster) namespace(ctx context.Context, name string, belay bool) error {
	label := ""
	if belay {
		label = ", labels: {belay.dev/mode: enforce}"
	}
	manifest := fmt.Sprintf("{apiVersion: v1, kind: Namespace, metadata: {name: %s%s}}", name, label)
	if _, err := c.kubectl(ctx, manifest, "create", "-f", "-"); err != nil {
		return err
	}
	// No Pod is let in before it has its ServiceAccount.
	_, err := c.kubectl(ctx, "", "wait", "--for=create", "serviceaccount/default", "-n", name, "--timeout=60s")
	return err
}

// awaited is how often what is waited for is looked at.
const awaited = 200 * time.Millisecond

// await looks until it is there, or the time is over.
func await(ctx context.Context, within time.Duration, what string, there func() bool) error {
	for end := time.Now().Add(within); ; {
		if there() {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("not within %s: %s", within, what)
		}
		if err := pause(ctx, awaited); err != nil {
			return err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// onThisMachine tells whether the cluster's only node is this machine, so that the two have one 127.0.0.1.
func (c *cluster) onThisMachine(ctx context.Context) bool {
	var nodes struct {
		Items []struct {
			Status struct {
				Addresses []struct{ Type, Address string }
			}
		}
	}
	if err := c.get(ctx, "/api/v1/nodes", &nodes); err != nil || len(nodes.Items) != 1 {
		return false
	}
	own, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	for _, address := range nodes.Items[0].Status.Addresses {
		for _, ours := range own {
			if prefix, ok := ours.(*net.IPNet); ok && address.Type == "InternalIP" && prefix.IP.Equal(net.ParseIP(address.Address)) {
				return true
			}
		}
	}
	return false
}

// exitCode is that of a command that ran; -1 where it did not.
func exitCode(err error) int {
	if err == nil {
		return 0
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	return -1
}
