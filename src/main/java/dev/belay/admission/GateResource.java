package dev.belay.admission;

import dev.belay.admission.Review.BadReview;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The webhook's paths. Every review gets an answer; what is no review gets a 4xx that says why. */
@Path("/")
@Consumes(MediaType.WILDCARD)
@Produces(MediaType.APPLICATION_JSON)
public class GateResource {

  private static final Logger LOG = Logger.getLogger(GateResource.class);

  private final Preflight preflight;
  private final MeterRegistry metrics;

  GateResource(Preflight preflight, MeterRegistry metrics) {
    this.preflight = preflight;
    this.metrics = metrics;
  }

  /**
   * The review of a release's record.
   *
   * @param timeout what the API server will wait, as it says itself: {@code 10s}
   */
  @POST
  @Path("preflight")
  @RunOnVirtualThread
  public Response preflight(
      byte @Nullable [] body, @QueryParam("timeout") @Nullable String timeout) {
    Review review;
    try {
      review = Review.read(body == null ? new byte[0] : body);
    } catch (BadReview e) {
      count("bad_request");
      return Response.status(Response.Status.BAD_REQUEST)
          .type(MediaType.TEXT_PLAIN_TYPE)
          .entity(e.getMessage() + "\n")
          .build();
    }
    Answer answer;
    try {
      answer = preflight.review(review, Deadline.of(timeout, Duration.ofSeconds(10)));
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      // Belay's own trouble never keeps a release from being applied.
      LOG.errorf(e, "pre-flight in namespace %s", review.namespace());
      answer =
          Answer.allow(java.util.List.of("Belay could not check this release: " + e.getMessage()));
      count("error");
      return Response.ok(answer.toReview(review.uid()).toString()).build();
    }
    count(answer.allowed() ? "allowed" : "denied");
    return Response.ok(answer.toReview(review.uid()).toString()).build();
  }

  private void count(String result) {
    metrics.counter("belay.reviews", "webhook", "preflight", "result", result).increment();
  }
}
