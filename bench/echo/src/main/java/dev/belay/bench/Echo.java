package dev.belay.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;

/** Allows everything: what a webhook costs before it does anything. */
@Path("/{secret}/{mode}/{webhook}")
public class Echo {

  @POST
  @RunOnVirtualThread
  public JsonNode review(JsonNode review) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
    answer
        .putObject("response")
        .put("uid", review.path("request").path("uid").asText())
        .put("allowed", true);
    return answer;
  }
}
