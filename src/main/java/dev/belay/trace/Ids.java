package dev.belay.trace;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.IdGenerator;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of spans: random ones, or those that follow from a text. The second kind lets a
 * process add to a trace that another one has begun, with nothing kept of it but that text.
 */
@ApplicationScoped
class Ids implements IdGenerator {

  private static final int TRACE_BYTES = 16;
  private static final int SPAN_BYTES = 8;
  private static final ThreadLocal<@Nullable SpanContext> NEXT = new ThreadLocal<>();

  /** The span of this name in the trace of this text. */
  static SpanContext derived(String trace, String name) {
    return SpanContext.createFromRemoteParent(
        digest(trace, TRACE_BYTES),
        digest(trace + "\n" + name, SPAN_BYTES),
        TraceFlags.getSampled(),
        TraceState.getDefault());
  }

  /** Does this; the span that it starts on this thread gets these numbers. */
  static <T> T using(SpanContext ids, Supplier<T> start) {
    NEXT.set(ids);
    try {
      return start.get();
    } finally {
      NEXT.remove();
    }
  }

  @Override
  public String generateSpanId() {
    SpanContext given = NEXT.get();
    return given == null ? IdGenerator.random().generateSpanId() : given.getSpanId();
  }

  @Override
  public String generateTraceId() {
    SpanContext given = NEXT.get();
    return given == null ? IdGenerator.random().generateTraceId() : given.getTraceId();
  }

  private static String digest(String text, int bytes) {
    try {
      byte[] all =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(all, 0, bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
