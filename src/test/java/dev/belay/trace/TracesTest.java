package dev.belay.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class TracesTest {

  private static final Instant BEGUN = Instant.parse("2026-11-24T10:00:00Z");
  private static final Instant ENDED = BEGUN.plusSeconds(70);
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String PARENT = "b7ad6b7169203331";

  private final List<SpanData> sent = new CopyOnWriteArrayList<>();

  @Test
  void work_on_other_threads_is_a_part_of_who_gave_it_to_them() throws Exception {
    Traces traces = traces();
    try (ExecutorService threads = traces.carrying(Executors.newVirtualThreadPerTaskExecutor());
        Work work = traces.asked("review", null)) {
      threads.submit(() -> traces.begin("dry run").close()).get();
      work.carrying(name -> step(traces)).apply("a");
    }
    SpanData review = span("review");
    assertThat(review.getParentSpanContext().isValid()).isFalse();
    assertThat(List.of(span("dry run"), span("step")))
        .allSatisfy(part -> assertThat(part.getParentSpanId()).isEqualTo(review.getSpanId()));
  }

  @Test
  void a_review_goes_on_with_the_trace_of_who_asks_and_with_nothing_else() {
    Traces traces = traces();
    try (Work around = traces.begin("something else")) {
      around.with("belay.kind", "a");
      traces.asked("review", "00-" + TRACE + "-" + PARENT + "-01").close();
      traces.asked("untraced", "00-" + TRACE + "-" + PARENT + "-00").close();
      traces.asked("broken", "garbage").close();
    }
    assertThat(span("review").getTraceId()).isEqualTo(TRACE);
    assertThat(span("review").getParentSpanId()).isEqualTo(PARENT);
    assertThat(span("broken").getParentSpanContext().isValid()).isFalse();
    assertThat(sent).extracting(SpanData::getName).doesNotContain("untraced");
  }

  @Test
  void what_one_process_began_and_another_one_ends_is_one_trace() {
    Traces before = traces();
    before.tell("shop/web/1", change());
    before.begin("shop/web/1", "rollback", "restore").close();
    Traces after = traces();
    after.tell(
        "shop/web/1",
        new Finished("rollback", "change", ENDED, ENDED, Map.of(), Map.of(), "refused"));
    after.tell("shop/web/2", change());

    SpanData rollback = span("rollback");
    assertThat(span("restore").getParentSpanId()).isEqualTo(rollback.getSpanId());
    assertThat(rollback.getParentSpanId()).isEqualTo(span("change").getSpanId());
    assertThat(rollback.getStatus().getDescription()).isEqualTo("refused");
    assertThat(sent.subList(0, 3))
        .allSatisfy(part -> assertThat(part.getTraceId()).isEqualTo(rollback.getTraceId()));
    assertThat(sent.getLast().getTraceId()).isNotEqualTo(rollback.getTraceId());
  }

  @Test
  void what_has_ended_has_the_times_and_the_texts_that_are_known_of_it() {
    traces().tell("shop/web/1", change());
    SpanData change = span("change");
    assertThat(change.getStartEpochNanos()).isEqualTo(BEGUN.getEpochSecond() * 1_000_000_000L);
    assertThat(change.getEndEpochNanos()).isEqualTo(ENDED.getEpochSecond() * 1_000_000_000L);
    assertThat(change.getAttributes().asMap())
        .containsExactly(Map.entry(AttributeKey.stringKey("belay.release"), "web"));
    assertThat(change.getEvents())
        .singleElement()
        .satisfies(e -> assertThat(e.getName()).isEqualTo("settled"));
    assertThat(change.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(change.getParentSpanContext().isValid()).isFalse();
  }

  @Test
  void where_nothing_is_traced_nothing_is_made() {
    Traces none = new Traces(telemetry(), true);
    assertThat(none.begin("a")).isSameAs(none.asked("b", null)).isSameAs(Work.UNSEEN);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Work work = none.begin("a").with("b", "c").with("d", 1)) {
      work.failed();
      assertThat(none.carrying(threads)).isSameAs(threads);
    }
    none.tell("shop/web/1", change());
    assertThat(sent).isEmpty();
  }

  private static String step(Traces traces) {
    traces.begin("step").close();
    return "";
  }

  private static Finished change() {
    return new Finished(
        "change",
        null,
        BEGUN,
        ENDED,
        Map.of("belay.release", "web", "belay.helm_revision", ""),
        Map.of("settled", BEGUN.plusSeconds(1)),
        null);
  }

  private SpanData span(String name) {
    return sent.stream().filter(span -> span.getName().equals(name)).findFirst().orElseThrow();
  }

  private Traces traces() {
    return new Traces(telemetry(), false);
  }

  private OpenTelemetry telemetry() {
    SpanExporter exporter =
        new SpanExporter() {
          @Override
          public CompletableResultCode export(Collection<SpanData> spans) {
            sent.addAll(spans);
            return CompletableResultCode.ofSuccess();
          }

          @Override
          public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
          }

          @Override
          public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
          }
        };
    return OpenTelemetrySdk.builder()
        .setTracerProvider(
            SdkTracerProvider.builder()
                .setIdGenerator(new Ids())
                .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                .build())
        .build();
  }
}
