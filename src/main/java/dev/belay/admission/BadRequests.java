package dev.belay.admission;

import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * Answers requests that are not HTTP as it should be, such as one without a path, or that are too
 * large. Anybody on the network can send them, so that none leaves a word in the log, where Quarkus
 * would write a stack trace for each.
 */
@ApplicationScoped
class BadRequests {

  private static final int BAD_REQUEST = 400;

  void ofTheGate(@Observes Router router) {
    answer(router);
  }

  void ofManagement(@Observes ManagementInterface management) {
    answer(management.router());
  }

  /** Answers those that come to this router, before whoever else would. */
  static void answer(Router router) {
    router.route().order(Integer.MIN_VALUE).failureHandler(BadRequests::answer);
    // A path that can't be read fails before there is a route for it.
    router.errorHandler(BAD_REQUEST, BadRequests::answer);
  }

  private static void answer(RoutingContext failed) {
    HttpServerResponse response = failed.response();
    if (isClients(failed.statusCode()) && !response.headWritten()) {
      Unread.closes(failed.request());
      response.setStatusCode(failed.statusCode()).end();
    } else if (!response.ended() || !isClients(response.getStatusCode())) {
      // Where the answer is given already, as for a body that is too large, nothing has failed.
      failed.next();
    }
  }

  private static boolean isClients(int status) {
    return status >= BAD_REQUEST && status < 500;
  }
}
