package dev.belay.cluster;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers reads without a network, and notes what was asked. */
abstract class FakeApiServer extends ApiServer {

  final List<String> asked = new CopyOnWriteArrayList<>();

  FakeApiServer() {
    super(
        new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder().withMasterUrl("http://127.0.0.1:1").build())
            .build(),
        new ServerClock());
  }

  /** What is answered to a read of this path, query included. */
  abstract ApiResponse answer(String path);

  /** What is answered where plain text is read, as a log. */
  byte[] answerBytes(String path) {
    return new byte[0];
  }

  @Override
  byte[] bytes(String path) {
    asked.add(path);
    return answerBytes(path);
  }

  private ApiResponse noted(String path) {
    asked.add(path);
    return answer(path);
  }

  @Override
  public ApiResponse get(String path) {
    return noted(path);
  }

  @Override
  public ApiResponse get(String path, Duration timeout) {
    return noted(path);
  }

  @Override
  public ApiResponse listMetadata(String path) {
    return noted(path);
  }
}
