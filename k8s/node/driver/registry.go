package main

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// images is a registry of this machine, in memory, over plain HTTP: container runtimes speak that to 127.0.0.1.
type images struct {
	host    string // as the nodes call this machine
	address string // of the registry
	sleeper string
	handler http.Handler

	mu        sync.Mutex
	listeners []net.Listener
}

// slowBlob is how long a layer in a repository called slow takes.
const slowBlob = 60 * time.Second

// newImages begins to listen; with another host than 127.0.0.1, on all addresses.
func newImages(host, sleeper string) (*images, error) {
	i := &images{host: host, sleeper: sleeper, handler: slowed(registry.New(registry.Logger(log.New(io.Discard, "", 0))))}
	port, err := i.freePort()
	if err != nil {
		return nil, err
	}
	i.address = net.JoinHostPort(host, strconv.Itoa(port))
	return i, i.listen(port)
}

func (i *images) bind() string {
	if i.host == "127.0.0.1" {
		return i.host
	}
	return ""
}

func (i *images) freePort() (int, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort(i.bind(), "0"))
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// listen serves the registry at one more port.
func (i *images) listen(port int) error {
	listener, err := net.Listen("tcp", net.JoinHostPort(i.bind(), strconv.Itoa(port)))
	if err != nil {
		return err
	}
	i.mu.Lock()
	i.listeners = append(i.listeners, listener)
	i.mu.Unlock()
	go func() { _ = http.Serve(listener, i.handler) }()
	return nil
}

func (i *images) close() {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, listener := range i.listeners {
		listener.Close()
	}
}

// push puts an image there that is unlike every other one, so that no node has a layer of it.
func (i *images) push(ctx context.Context, repository string) error {
	_, port, err := net.SplitHostPort(i.address)
	if err != nil {
		return err
	}
	reference, err := name.ParseReference(net.JoinHostPort("127.0.0.1", port)+"/"+repository, name.Insecure)
	if err != nil {
		return err
	}
	image, err := i.image()
	if err != nil {
		return err
	}
	return remote.Write(reference, image, remote.WithContext(ctx))
}

// tried lets a Pod run an image of the registry, and tells why it can't: a container runtime may be set up to use only what it has.
func (i *images) tried(ctx context.Context, c *cluster) string {
	ns := "starts-registry-" + strings.ToLower(rand.Text()[:4])
	err := c.namespace(ctx, ns, false)
	if err == nil {
		defer func() {
			ctx, cancel := aside()
			defer cancel()
			_, _ = c.kubectl(ctx, "", "delete", "namespace", ns, "--wait=false")
		}()
		err = i.push(ctx, "tried:1")
	}
	if err != nil {
		return err.Error()
	}
	pod := fmt.Sprintf("{apiVersion: v1, kind: Pod, metadata: {name: tried}, spec: {terminationGracePeriodSeconds: 0, containers: [{name: c, image: %q}]}}", i.address+"/tried:1")
	if _, err := c.kubectl(ctx, pod, "create", "-n", ns, "-f", "-"); err != nil {
		return err.Error()
	}
	if _, err := c.kubectl(ctx, "", "wait", "--for=condition=Ready", "pod/tried", "-n", ns, "--timeout=60s"); err == nil {
		return ""
	}
	why, _ := c.kubectl(ctx, "", "get", "pod", "tried", "-n", ns, "-o", "jsonpath={.status.containerStatuses[0].state.waiting.message}")
	return fmt.Sprintf("the nodes can't run an image of the registry: %s", oneLine(why))
}

func (i *images) image() (v1.Image, error) {
	program, err := os.ReadFile(i.sleeper)
	if err != nil {
		return nil, err
	}
	var files bytes.Buffer
	archive := tar.NewWriter(&files)
	for _, file := range []struct {
		name    string
		mode    int64
		content []byte
	}{{"sleeper", 0o755, program}, {"unique", 0o644, []byte(rand.Text())}} {
		if err := archive.WriteHeader(&tar.Header{Name: file.name, Mode: file.mode, Size: int64(len(file.content))}); err != nil {
			return nil, err
		}
		if _, err := archive.Write(file.content); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(files.Bytes())), nil })
	if err != nil {
		return nil, err
	}
	image, err := mutate.AppendLayers(empty.Image, layer)
	if err != nil {
		return nil, err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", runtime.GOARCH
	config.Config.Entrypoint = []string{"/sleeper"}
	return mutate.ConfigFile(image, config)
}

// slowed stretches the layers of a repository called slow, a little at a time: a pull that moves.
func slowed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/slow/blobs/") {
			w = &slowWriter{ResponseWriter: w, request: r}
		}
		next.ServeHTTP(w, r)
	})
}

type slowWriter struct {
	http.ResponseWriter
	request *http.Request
}

func (w *slowWriter) Write(content []byte) (int, error) {
	size, err := strconv.Atoi(w.Header().Get("Content-Length"))
	if err != nil || size < 100_000 { // a configuration, not a layer
		return w.ResponseWriter.Write(content)
	}
	written := 0
	for len(content) > 0 {
		part := content[:min(len(content), max(1, size/60))]
		n, err := w.ResponseWriter.Write(part)
		written += n
		if err != nil {
			return written, err
		}
		_ = http.NewResponseController(w.ResponseWriter).Flush()
		if err := pause(w.request.Context(), slowBlob*time.Duration(n)/time.Duration(size)); err != nil {
			return written, fmt.Errorf("a slow layer: %w", err)
		}
		content = content[n:]
	}
	return written, nil
}
