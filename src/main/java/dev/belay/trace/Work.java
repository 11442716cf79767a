package dev.belay.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Something that is being done, from when it was begun until it is closed, on the thread that began
 * it. What is begun meanwhile on the same thread is a part of it.
 */
public final class Work implements AutoCloseable {

  /** Where nothing is traced. */
  static final Work UNSEEN = new Work(null, null);

  private final @Nullable Span span;
  private final @Nullable Scope scope;

  private Work(@Nullable Span span, @Nullable Scope scope) {
    this.span = span;
    this.scope = scope;
  }

  @SuppressWarnings("MustBeClosedChecker") // What closes the work closes it.
  static Work of(Span span) {
    return new Work(span, span.makeCurrent());
  }

  /**
   * Something that is known of it.
   *
   * @param value no secret: it leaves the cluster's own storage
   */
  public Work with(String attribute, String value) {
    if (span != null && !value.isEmpty()) {
      span.setAttribute(attribute, value);
    }
    return this;
  }

  public Work with(String attribute, long value) {
    if (span != null) {
      span.setAttribute(attribute, value);
    }
    return this;
  }

  /** It did not do what it was begun for. */
  public void failed() {
    if (span != null) {
      span.setStatus(StatusCode.ERROR);
    }
  }

  /** The same function; what it does, on whatever thread, is a part of this. */
  public <A, B> Function<A, B> carrying(Function<A, B> function) {
    return span == null ? function : Context.current().with(span).wrapFunction(function);
  }

  @Override
  public void close() {
    if (scope != null && span != null) {
      scope.close();
      span.end();
    }
  }
}
