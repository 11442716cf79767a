package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const namespace = "bench"

// The control plane of KUBECONFIG, as its administrator.
type cluster struct {
	ctx         context.Context
	server      string
	client      *http.Client
	belayConfig string // the kubeconfig that is Belay's own
}

func connect(ctx context.Context) (*cluster, error) {
	c := &cluster{
		ctx:         ctx,
		belayConfig: filepath.Join(filepath.Dir(os.Getenv("KUBECONFIG")), "belay.kubeconfig"),
	}
	out, err := c.kubectl("", "config", "view", "--raw", "--minify", "--flatten", "-o", "json")
	if err != nil {
		return nil, err
	}
	var config struct {
		Clusters []struct {
			Cluster struct {
				Server string
				CA     []byte `json:"certificate-authority-data"`
			}
		}
		Users []struct {
			User struct {
				Certificate []byte `json:"client-certificate-data"`
				Key         []byte `json:"client-key-data"`
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &config); err != nil {
		return nil, err
	}
	if len(config.Clusters) == 0 || len(config.Users) == 0 {
		return nil, errors.New("KUBECONFIG has no cluster or no user: run this by bench/run")
	}
	pair, err := tls.X509KeyPair(config.Users[0].User.Certificate, config.Users[0].User.Key)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(config.Clusters[0].Cluster.CA)
	c.server = config.Clusters[0].Cluster.Server
	c.client = newClient(&tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}})
	// Without a label for Belay: what the references write must not pass through the gate.
	_, err = c.kubectl("", "create", "namespace", namespace)
	return c, err
}

// kubectl runs it with this input, and answers what it printed.
func (c *cluster) kubectl(input string, args ...string) (string, error) {
	cmd := exec.CommandContext(c.ctx, "kubectl", args...)
	var out, problem bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, &problem
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(problem.String()))
	}
	return out.String(), nil
}

// apply writes these objects as Helm would own them.
func (c *cluster) apply(manifest string) error {
	_, err := c.kubectl(manifest, "apply", "--server-side", "--field-manager=helm", "-n", namespace, "-f", "-")
	return err
}

func (c *cluster) delete(manifest string) error {
	_, err := c.kubectl(manifest, "delete", "-n", namespace, "--wait=false", "-f", "-")
	return err
}

// live reads the objects with this label, by name, as the API server sends them to a webhook.
func (c *cluster) live(kind, label string) (map[string]map[string]any, error) {
	out, err := c.kubectl("", "get", kind, "-l", label, "-n", namespace, "-o", "json", "--show-managed-fields")
	if err != nil {
		return nil, err
	}
	var list struct{ Items []map[string]any }
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		return nil, err
	}
	objects := map[string]map[string]any{}
	for _, item := range list.Items {
		objects[item["metadata"].(map[string]any)["name"].(string)] = item
	}
	return objects, nil
}

// saveCertificate writes what the gate serves, and whom to trust for it, to files in this folder.
func (c *cluster) saveCertificate(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	for _, key := range []string{"ca.crt", "tls.crt", "tls.key"} {
		out, err := c.kubectl("", "get", "secret", "belay-gate-tls", "-n", "belay-system",
			"-o", fmt.Sprintf("go-template={{index .data %q | base64decode}}", key))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, key), []byte(out), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// secretPath is what the API server finds in the webhook configurations in this hour. It is let in for another one.
func (c *cluster) secretPath() (string, error) {
	out, err := c.kubectl("", "get", "secret", "belay-gate", "-n", "belay-system", "-o", "go-template={{.data.key | base64decode}}")
	path := hmac.New(sha256.New, []byte(strings.TrimSpace(out)))
	fmt.Fprint(path, time.Now().Unix()/3600)
	return hex.EncodeToString(path.Sum(nil)), err
}
