package dev.belay.admission;

import dev.belay.trace.Work;

/** What is told of a review in its span: what is asked about, never what is in it. */
final class ReviewTrace {

  private ReviewTrace() {}

  static void describe(Work work, String entry, String mode, Review review) {
    work.with("belay.webhook", entry)
        .with("belay.mode", mode)
        .with("belay.operation", review.operation())
        .with("k8s.namespace.name", review.namespace())
        .with("belay.kind", review.object().kind())
        .with("belay.object", review.object().key().display());
  }
}
