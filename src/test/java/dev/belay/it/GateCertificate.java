package dev.belay.it;

import dev.belay.certificate.Identity;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.awaitility.Awaitility;

/** What the gate proves itself with, and whether the API server believes it. */
final class GateCertificate {

  private static final String BAD =
      """
      apiVersion: autoscaling/v2
      kind: HorizontalPodAutoscaler
      metadata: {name: web}
      spec:
        scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
        maxReplicas: -10
      """;

  private static final List<String> NAMES =
      List.of("belay.belay-system.svc", "belay.belay-system.svc.cluster.local", "127.0.0.1");

  private GateCertificate() {}

  static void awaitRefusal(TestNamespace shop) {
    String file = TestNamespace.file(BAD);
    Awaitility.await("the gate is asked again")
        .atMost(TestNamespace.PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> shop.kubectl("create", "-f", file).err().contains("early.belay.dev"));
  }

  static X509Certificate served() throws Exception {
    return served(BelayProcess.running());
  }

  /** Waits until another certificate than this one is served. */
  static X509Certificate awaitServed(X509Certificate before) {
    return Awaitility.await("another certificate is served")
        .atMost(TestNamespace.PATIENCE)
        .until(GateCertificate::served, now -> !now.equals(before));
  }

  static X509Certificate served(BelayProcess process) throws Exception {
    try (SSLSocket socket = connect(process)) {
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  /** A connection to the gate of somebody who does not ask whom he talks to. */
  static SSLSocket connect(BelayProcess process) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustingAll()}, null);
    SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket("127.0.0.1", process.gate("/").getPort());
    socket.startHandshake();
    return socket;
  }

  static Identity created(Instant at, Duration validity) {
    return Identity.make(NAMES, at, validity);
  }

  static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Only what is served is looked at. */
  private static final class TrustingAll implements X509TrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
