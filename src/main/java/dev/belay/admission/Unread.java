package dev.belay.admission;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/** A request that is answered though its body has not been read. */
final class Unread {

  private Unread() {}

  /**
   * Says with the answer that its connection can't be used again. With HTTP/2 the request has a
   * stream of its own, which ends with the answer, and may not have that header (RFC 9113, 8.2.2).
   */
  static void closes(HttpServerRequest request) {
    if (request.version() != HttpVersion.HTTP_2) {
      request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
  }
}
