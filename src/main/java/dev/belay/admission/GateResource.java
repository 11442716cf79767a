package dev.belay.admission;

import dev.belay.admission.Review.BadReview;
import dev.belay.admission.Room.Place;
import dev.belay.cluster.Deadline;
import dev.belay.trace.Traces;
import dev.belay.trace.Work;
import io.quarkus.arc.All;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;
import org.jboss.resteasy.reactive.RestResponse.Status;
import org.jspecify.annotations.Nullable;

/** The webhooks' paths. Every review gets an answer; what is no review gets a 4xx that says why. */
@Path("/")
@Consumes(MediaType.WILDCARD)
@Produces(MediaType.APPLICATION_JSON)
public class GateResource {

  private static final Logger LOG = Logger.getLogger(GateResource.class);
  private static final Duration OTHERWISE = Duration.ofSeconds(10);
  private static final String ENFORCE = "enforce";
  private static final String OBSERVE = "observe";

  /** What passes here may be refused by the next one. */
  private static final String EARLY = "early";

  private final Map<String, Webhook> webhooks = new HashMap<>();
  private final Room room;
  private final Refusals refusals;
  private final Senders senders;
  private final UnreadyBefore unreadyBefore;
  private final ReviewMetrics metrics;
  private final Traces traces;

  GateResource(
      @All List<Webhook> all,
      Room room,
      Refusals refusals,
      Senders senders,
      UnreadyBefore unreadyBefore,
      ReviewMetrics metrics,
      Traces traces) {
    all.forEach(webhook -> webhooks.put(webhook.entry(), webhook));
    this.room = room;
    this.refusals = refusals;
    this.senders = senders;
    this.unreadyBefore = unreadyBefore;
    this.metrics = metrics;
    this.traces = traces;
  }

  /**
   * A review. Who does not know the secret path is turned away by {@link GatePath} before this.
   *
   * @param body not read before there is room for it
   * @param length of the body, as the API server always says
   * @param mode what Belay does in the namespace, as the entry that called says by its selector
   * @param timeout what the API server will wait, as it says itself: {@code 10s}
   * @param traceparent the API server's own trace of the request, where it makes one
   * @param request the same, as the connection has it
   */
  @POST
  @Path("{secret}/{mode}/{webhook}")
  @RunOnVirtualThread
  public RestResponse<String> review(
      InputStream body,
      @HeaderParam("Content-Length") @DefaultValue("-1") long length,
      @PathParam("mode") String mode,
      @PathParam("webhook") String entry,
      @QueryParam("timeout") @Nullable String timeout,
      @HeaderParam("traceparent") @Nullable String traceparent,
      @Context HttpServerRequest request)
      throws InterruptedException {
    Webhook webhook = webhooks.get(entry);
    if (webhook == null || !(mode.equals(ENFORCE) || mode.equals(OBSERVE))) {
      return RestResponse.notFound();
    }
    Deadline deadline = Deadline.of(timeout, OTHERWISE);
    Optional<Place> place = room.enter(length, deadline);
    if (place.isEmpty()) {
      return noRoom(entry, length, request);
    }
    try (Work work = traces.asked("review " + entry, traceparent)) {
      Review review = Review.read(body);
      Answer answer = answer(webhook, review, mode, deadline, work);
      return RestResponse.ok(answer.toReview(review.uid()).toString());
    } catch (BadReview e) {
      metrics.turnedAway(entry, ReviewMetrics.BAD_REQUEST);
      return text(Status.BAD_REQUEST, e.getMessage() + "\n").build();
    } catch (OutOfMemoryError e) {
      // Others have taken more of the heap than their size said.
      return noRoom(entry, length, request);
    } catch (RuntimeException | StackOverflowError e) {
      LOG.errorf(e, "%s: a review of %d bytes could not be read", entry, length);
      metrics.turnedAway(entry, ReviewMetrics.ERROR);
      return text(Status.INTERNAL_SERVER_ERROR, "Belay could not read this review\n").build();
    } finally {
      place.get().leave();
    }
  }

  /** No answer: what becomes of the request is what the webhook's {@code failurePolicy} says. */
  private RestResponse<String> noRoom(String entry, long length, HttpServerRequest request) {
    LOG.warnf("%s: no room for a review of %d bytes", entry, length);
    metrics.turnedAway(entry, ReviewMetrics.NO_ROOM);
    Unread.closes(request);
    return text(Status.SERVICE_UNAVAILABLE, "too many large reviews at once\n").build();
  }

  private static ResponseBuilder<String> text(Status status, String line) {
    return ResponseBuilder.create(status, line).type(MediaType.TEXT_PLAIN_TYPE);
  }

  private Answer answer(Webhook webhook, Review review, String mode, Deadline deadline, Work work) {
    ReviewMetrics.Begun begun = metrics.begin(webhook.entry(), review);
    String result = ReviewMetrics.ERROR;
    MDC.put("webhook", webhook.entry());
    MDC.put("namespace", review.namespace());
    try {
      ReviewTrace.describe(work, webhook.entry(), mode, review);
      Answer answer = webhook.review(review, deadline);
      refusals.record(review, answer, mode.equals(ENFORCE), deadline);
      Answer told = mode.equals(ENFORCE) ? answer : answer.observed();
      if (told.allowed() && !webhook.entry().equals(EARLY)) {
        unreadyBefore.note(review, deadline);
        senders.note(review);
      }
      result = told.allowed() ? ReviewMetrics.ALLOWED : ReviewMetrics.DENIED;
      return told;
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      // Belay's own trouble never keeps anything from being applied.
      LOG.errorf(e, "%s review in namespace %s", webhook.entry(), review.namespace());
      work.failed();
      return Answer.allow(List.of("Belay could not check this: " + e.getMessage()));
    } finally {
      begun.ended(result);
      work.with("belay.result", result);
      MDC.clear();
    }
  }
}
