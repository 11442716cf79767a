package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	connections = 16
	options     = "@jvm/options" // in the folder of the application
	heap        = "-Xmx80m"
)

// A webhook server of ours, in a JVM of its own.
type server struct {
	name       string
	url        string // up to the path that every entry begins with
	management string
	began      time.Time
	ready      time.Duration // after it was started
	cmd        *exec.Cmd
	log        string
	client     *http.Client
	exited     chan struct{}
	earlier    int // runs before it that led, by the log that they share
}

// The gate alone, as in its container, and ready. The caller stops it.
func (b *bench) startBelay() (*server, error) {
	state := filepath.Join(b.work, "belay")
	port, management := freePort(), freePort()
	s, err := b.start("belay", b.belay, []string{"gate"}, port,
		"KUBECONFIG="+b.cluster.belayConfig,
		"BELAY_GATE_HOST=127.0.0.1",
		"QUARKUS_MANAGEMENT_PORT="+strconv.Itoa(management))
	if err != nil {
		return nil, err
	}
	s.management = fmt.Sprintf("http://127.0.0.1:%d", management)
	ready := func() bool {
		answer, err := http.Get(s.management + "/q/health/ready")
		if err != nil {
			return false
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	}
	if err := s.await(b, ready); err != nil {
		return nil, err
	}
	secret, err := b.cluster.secretPath()
	if err != nil {
		s.stop()
		return nil, err
	}
	s.url += "/" + secret + "/enforce/"
	if err := b.cluster.saveCertificate(state); err != nil {
		s.stop()
		return nil, err
	}
	return s, s.trust(filepath.Join(state, "ca.crt"))
}

// The watcher alone, and leading: nobody but it is measured. The caller stops it.
func (b *bench) startWatcher(environment ...string) (*server, error) {
	management := freePort()
	s, err := b.start("watcher", b.belay, []string{"watcher"}, freePort(), append(environment,
		"KUBECONFIG="+b.cluster.belayConfig,
		"QUARKUS_MANAGEMENT_PORT="+strconv.Itoa(management))...)
	if err != nil {
		return nil, err
	}
	leading := func() bool {
		log, err := os.ReadFile(s.log)
		return err == nil && strings.Count(string(log), "watching releases") > s.earlier
	}
	return s, s.await(b, leading)
}

// The echo with the certificate that Belay served last, and listening. The caller stops it.
func (b *bench) startEcho() (*server, error) {
	state := filepath.Join(b.work, "belay")
	port := freePort()
	s, err := b.start("echo", b.echo, nil, port,
		"QUARKUS_HTTP_SSL_CERTIFICATE_FILES="+filepath.Join(state, "tls.crt"),
		"QUARKUS_HTTP_SSL_CERTIFICATE_KEY_FILES="+filepath.Join(state, "tls.key"))
	if err != nil {
		return nil, err
	}
	listening := func() bool {
		connection, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			connection.Close()
		}
		return err == nil
	}
	if err := s.await(b, listening); err != nil {
		return nil, err
	}
	s.url += "/echo/enforce/"
	return s, s.trust(filepath.Join(state, "ca.crt"))
}

func (b *bench) start(name, app string, args []string, port int, environment ...string) (*server, error) {
	if err := os.MkdirAll(b.work, 0o755); err != nil {
		return nil, err
	}
	s := &server{name: name, url: fmt.Sprintf("https://127.0.0.1:%d", port), log: filepath.Join(b.work, name+".log")}
	if text, err := os.ReadFile(s.log); err == nil {
		s.earlier = strings.Count(string(text), "watching releases")
	}
	log, err := os.OpenFile(s.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	s.cmd = exec.CommandContext(b.ctx, b.java,
		append([]string{options, heap, "-jar", filepath.Join(app, "quarkus-run.jar")}, args...)...)
	s.cmd.Dir = b.belay // for both: the options are Belay's own
	s.cmd.Env = append(append(os.Environ(), environment...), "QUARKUS_HTTP_SSL_PORT="+strconv.Itoa(port))
	s.cmd.Stdout, s.cmd.Stderr = log, log
	s.began = time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	// For bench/run, should this process be killed before it can stop the other.
	pid := filepath.Join(b.work, name+".pid")
	s.exited = make(chan struct{})
	go func() {
		_ = s.cmd.Wait()
		_ = os.Remove(pid)
		close(s.exited)
	}()
	if err := os.WriteFile(pid, []byte(strconv.Itoa(s.cmd.Process.Pid)), 0o644); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

func (s *server) await(b *bench, ready func() bool) error {
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if ready() {
			s.ready = time.Since(s.began)
			return nil
		}
		if !s.alive() || b.ctx.Err() != nil {
			break
		}
	}
	s.stop()
	return fmt.Errorf("%s did not become ready; its log: %s", s.name, s.log)
}

// trust makes the client that calls this server, as the API server does: HTTP/1.1, connections kept.
func (s *server) trust(authority string) error {
	pem, err := os.ReadFile(authority)
	roots := x509.NewCertPool()
	if err == nil && !roots.AppendCertsFromPEM(pem) {
		err = errors.New(authority + " has no certificate")
	}
	if err != nil {
		s.stop()
		return err
	}
	s.client = newClient(&tls.Config{RootCAs: roots})
	return nil
}

func newClient(config *tls.Config) *http.Client {
	return &http.Client{
		Timeout: 30 * time.Second,
		Transport: &http.Transport{
			TLSClientConfig:     config,
			MaxConnsPerHost:     connections,
			MaxIdleConnsPerHost: connections,
		},
	}
}

func (s *server) alive() bool {
	select {
	case <-s.exited:
		return false
	default:
		return true
	}
}

func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.exited:
	case <-time.After(5 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.exited
	}
}

// rss is the memory that the process has, in MiB.
func (s *server) rss() (float64, error) {
	out, err := exec.Command("ps", "-o", "rss=", "-p", strconv.Itoa(s.cmd.Process.Pid)).Output()
	if err != nil {
		return 0, fmt.Errorf("the memory of %s: %w", s.name, err)
	}
	kib, err := strconv.Atoi(strings.TrimSpace(string(out)))
	return float64(kib) / 1024, err
}

// cpu is the time that the process has computed so far; 0 where the system does not say it finely enough.
func (s *server) cpu() time.Duration {
	if s.cmd == nil || runtime.GOOS != "linux" {
		return 0
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	// After the name, which may have blanks; utime and stime in ticks of 10 ms (proc(5)).
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// Below the range that the system hands out by itself, as k8s/local/lib does.
func freePort() int {
	for {
		port := 20000 + int(time.Now().UnixNano()/1000%8000)
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			listener.Close()
			return port
		}
	}
}
