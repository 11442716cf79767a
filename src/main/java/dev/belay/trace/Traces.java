package dev.belay.trace;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** Begins spans. Where no endpoint is set, each method does nothing, and makes nothing. */
@ApplicationScoped
public class Traces {

  private static final String TRACEPARENT = "traceparent";

  private final Tracer tracer;
  private final boolean off;

  Traces(OpenTelemetry telemetry, @ConfigProperty(name = "quarkus.otel.sdk.disabled") boolean off) {
    this.tracer = telemetry.getTracer("dev.belay");
    this.off = off;
  }

  /** Traces nothing. */
  public static Traces none() {
    return new Traces(OpenTelemetry.noop(), true);
  }

  /** Work that is a part of what this thread is doing, if that is traced. */
  public Work begin(String name) {
    return off ? Work.UNSEEN : Work.of(tracer.spanBuilder(name).startSpan());
  }

  /**
   * Work that somebody else asks for.
   *
   * @param traceparent as in W3C Trace Context: what theirs is a part of, and whether it is traced;
   *     null, or not readable, for none
   */
  public Work asked(String name, @Nullable String traceparent) {
    return off
        ? Work.UNSEEN
        : Work.of(
            tracer
                .spanBuilder(name)
                .setSpanKind(SpanKind.SERVER)
                .setParent(
                    W3CTraceContextPropagator.getInstance()
                        .extract(Context.root(), traceparent, Header.INSTANCE))
                .startSpan());
  }

  /** Work that is a part of something in this trace that may have been begun by another process. */
  public Work begin(String trace, String parent, String name) {
    return off
        ? Work.UNSEEN
        : Work.of(tracer.spanBuilder(name).setParent(in(trace, parent)).startSpan());
  }

  /**
   * Something that has ended.
   *
   * @param trace the same text for all that belongs together, and for nothing else
   */
  public void tell(String trace, Finished finished) {
    if (off) {
      return;
    }
    SpanBuilder builder = tracer.spanBuilder(finished.name()).setStartTimestamp(finished.begun());
    if (finished.parent() == null) {
      builder.setNoParent();
    } else {
      builder.setParent(in(trace, finished.parent()));
    }
    Span span = Ids.using(Ids.derived(trace, finished.name()), builder::startSpan);
    finished
        .attributes()
        .forEach(
            (name, value) -> {
              if (!value.isEmpty()) {
                span.setAttribute(name, value);
              }
            });
    finished.moments().forEach(span::addEvent);
    if (finished.failure() != null) {
      span.setStatus(StatusCode.ERROR, finished.failure());
    }
    span.end(finished.ended());
  }

  /** The same threads; what they do is a part of what the one who gives it to them is doing. */
  public ExecutorService carrying(ExecutorService threads) {
    return off ? threads : Context.taskWrapping(threads);
  }

  /** The same work; on whatever thread, it is a part of what is done now. */
  public static <T> Callable<T> carried(Callable<T> work) {
    return Context.current().wrap(work);
  }

  private static Context in(String trace, String parent) {
    return Context.root().with(Span.wrap(Ids.derived(trace, parent)));
  }

  /** A carrier of one header. */
  private enum Header implements TextMapGetter<@Nullable String> {
    INSTANCE;

    @Override
    public Iterable<String> keys(@Nullable String value) {
      return List.of(TRACEPARENT);
    }

    @Override
    public @Nullable String get(@Nullable String value, String key) {
      return key.equals(TRACEPARENT) ? value : null;
    }
  }
}
