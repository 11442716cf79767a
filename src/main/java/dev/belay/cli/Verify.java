package dev.belay.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.api.Names;
import dev.belay.cli.Once.Undone;
import dev.belay.cluster.Objects;
import dev.belay.cluster.WebhookRegistration;
import dev.belay.manifest.KubeObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * Asks what the API server would have to ask: that every entry of the webhooks points at a gate,
 * and that it answers there with a certificate that the entry trusts. Changes nothing.
 */
@ApplicationScoped
class Verify {

  static final String NAME = "verify";

  private static final int TIMEOUT_MILLIS = 10_000;
  private static final int HTTPS = 443;

  private final Objects objects;

  Verify(Objects objects) {
    this.objects = objects;
  }

  void run() {
    Set<Address> asked = new HashSet<>();
    for (String kind : WebhookRegistration.KINDS) {
      KubeObject configuration =
          objects
              .get(WebhookRegistration.GROUP_VERSION, kind, "", Names.WEBHOOK_CONFIGURATION)
              .orElseThrow(
                  () ->
                      new Undone(
                          "%s/%s is not installed: install the chart, or apply the manifests"
                              .formatted(kind, Names.WEBHOOK_CONFIGURATION)));
      for (JsonNode entry : configuration.list("webhooks")) {
        String name = entry.path("name").asText();
        Address address = address(name, entry.path("clientConfig"));
        if (asked.add(address)) {
          ask(name, address);
        }
        System.out.printf("%s is answered at %s:%d%n", name, address.host(), address.port());
      }
    }
  }

  /**
   * Where an entry is asked.
   *
   * @param host that the certificate must be for
   * @param ip where to connect: the API server needs no DNS for a Service either
   * @param caBundle base64 of whom to trust
   */
  private record Address(String host, String ip, int port, String caBundle) {}

  private Address address(String entry, JsonNode client) {
    String caBundle = client.path("caBundle").asText();
    JsonNode service = client.path("service");
    String path =
        service.isObject()
            ? service.path("path").asText()
            : URI.create(client.path("url").asText()).getPath();
    if (caBundle.isEmpty() || path.length() < 2) {
      throw new Undone(
          entry
              + " is not pointed at a gate: see whether one is ready, and its log"
              + " (`kubectl get pods -A -l app.kubernetes.io/name=belay`)");
    }
    if (!service.isObject()) {
      URI url = URI.create(client.path("url").asText());
      return new Address(url.getHost(), url.getHost(), url.getPort(), caBundle);
    }
    String namespace = service.path("namespace").asText();
    String name = service.path("name").asText();
    String ip =
        objects
            .get("v1", "Service", namespace, name)
            .map(found -> found.text("", "spec", "clusterIP"))
            .orElseThrow(
                () ->
                    new Undone(
                        "%s is to be asked at Service/%s in %s, which is not there: install the chart again"
                            .formatted(entry, name, namespace)));
    return new Address(
        name + "." + namespace + ".svc", ip, service.path("port").asInt(HTTPS), caBundle);
  }

  private static void ask(String entry, Address address) {
    try (Socket plain = new Socket()) {
      plain.connect(new InetSocketAddress(address.ip(), address.port()), TIMEOUT_MILLIS);
      plain.setSoTimeout(TIMEOUT_MILLIS);
      try (SSLSocket socket =
          (SSLSocket)
              trusting(address.caBundle())
                  .getSocketFactory()
                  .createSocket(plain, address.host(), address.port(), true)) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
      }
    } catch (IOException e) {
      throw new Undone(
          "%s can't be asked at %s (%s:%d): %s. Reviews that fail so are skipped with failurePolicy Ignore, refused with Fail"
              .formatted(entry, address.host(), address.ip(), address.port(), e));
    }
  }

  private static SSLContext trusting(String caBundle) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      int number = 0;
      for (Certificate authority :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(Base64.getDecoder().decode(caBundle)))) {
        store.setCertificateEntry("authority-" + number++, authority);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new Undone("the caBundle is no list of certificates: " + e.getMessage());
    }
  }
}
