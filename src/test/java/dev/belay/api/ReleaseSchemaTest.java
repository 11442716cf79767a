package dev.belay.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.belay.api.ReleaseStatus.ChangeSet;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.api.ReleaseStatus.Stored;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The schema in the manifest and the records in this package say the same. */
class ReleaseSchemaTest {

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .registerModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);

  private static final Instant AT = Instant.parse("2026-03-01T12:00:00.123Z");

  private final JsonNode status = schema().path("properties").path("status");

  @Test
  void every_component_has_a_property_of_its_type_and_every_property_a_component() {
    List<String> differences = new ArrayList<>();
    compare("status", ReleaseStatus.class, status, differences);
    assertThat(differences).isEmpty();
  }

  @Test
  void a_status_with_everything_is_written_as_the_schema_wants_and_read_as_it_was()
      throws Exception {
    var step =
        new Rollback.Step(Rollback.Action.Restore, "apps/v1", "Deployment", "shop", "web", "u");
    var workload = new Told.Workload("apps/v1", "Deployment", "shop", "web", "u", 2);
    var progress =
        new Progress(
            StartHistory.of("Deployment.apps/shop/web", Map.of("web", 1), 9),
            "web-1",
            1,
            List.of(1, 2),
            AT,
            "Pod web-1 became ready",
            "CrashLoop/web/Exits",
            AT,
            AT,
            true,
            AT,
            new Progress.Held(AT, 4, 3));
    fits(
        new ReleaseStatus(
            "Helm",
            new Stable(1, 2, AT, "d"),
            new ChangeSet(
                3,
                AT,
                AT,
                AT,
                1,
                "d",
                AT,
                List.of(new Baseline("Deployment.apps/shop/web", 2, 1, true)),
                List.of(progress)),
            new Failure(
                3,
                "CrashLoop",
                "m",
                "e",
                "Deployment/web",
                "web-1",
                "web",
                3,
                "u",
                AT,
                AT,
                List.of("l"),
                List.of("e"),
                List.of("c")),
            new Rollback(
                "id",
                1,
                3,
                AT,
                AT,
                AT,
                List.of(step),
                true,
                List.of(new Baseline("Deployment.apps/shop/web", 2, 1, true)),
                List.of(progress)),
            3,
            "2026-01-01T00:00:00Z",
            List.of(new Refusal(AT, "Deployment/web", "m", "u", "c", true)),
            new KnownBad(
                3, "d", "Deployment/web", "d", "m", 1, AT, "r", List.of("d"), true, List.of("n")),
            new Told(3, AT, AT, List.of(workload)),
            new Sent(AT, 3, "u", "c"),
            List.of(new Unready(AT, "d", new Baseline("Deployment.apps/shop/web", 2, 1, true))),
            List.of(new Stored(1, 2, AT, "sha256:d")),
            List.of("Secret/a in namespace b: it is not marked as this release's"),
            "p",
            "i",
            "n",
            List.of(new Condition(Condition.READY, "True", "Verified", "", AT))));
  }

  @Test
  void a_status_with_as_little_as_possible_has_what_the_schema_requires() throws Exception {
    var step = new Rollback.Step(Rollback.Action.Keep, "v1", "Namespace", "", "shop", "");
    var workload = new Told.Workload("apps/v1", "Deployment", "shop", "web", "u", 0);
    fits(ReleaseStatus.NEW);
    fits(
        new ReleaseStatus(
            "",
            new Stable(1, 0, AT),
            new ChangeSet(0, AT, null, null, 0)
                .withBaseline(List.of(new Baseline("Pod/shop/web", 0, 0, false))),
            new Failure(
                0, "R", "m", "", "", "", "", null, "", null, AT, List.of(), List.of(), List.of()),
            new Rollback("id", 1, 0, AT, null, null, List.of(step)),
            0,
            "",
            List.of(new Refusal(AT, "Deployment/web", "m", "", "", false)),
            new KnownBad(0, "", "", "", "m", 1, AT, ""),
            new Told(0, AT, null, List.of(workload)),
            new Sent(AT, 0, "", ""),
            List.of(new Unready(AT, "", new Baseline("Pod/shop/web", 0, 0, false))),
            List.of(new Stored(1, 0, AT, "")),
            List.of(),
            "",
            "",
            "",
            List.of()));
  }

  @Test
  void an_older_belay_reads_what_a_newer_one_wrote() throws Exception {
    assertThat(JSON.readValue("{\"judged\": 3, \"new\": {\"a\": 1}}", ReleaseStatus.class))
        .isEqualTo(ReleaseStatus.NEW.withJudged(3));
  }

  @Test
  void the_condition_types_and_reasons_fit_their_fields() {
    JsonNode condition = status.path("properties").path("conditions").path("items");
    int reasonChars = condition.path("properties").path("reason").path("maxLength").intValue();
    assertThat(Reason.values())
        .allSatisfy(reason -> assertThat(reason.name()).hasSizeLessThanOrEqualTo(reasonChars));
  }

  private void fits(ReleaseStatus value) throws Exception {
    JsonNode written = JSON.valueToTree(value);
    List<String> problems = new ArrayList<>();
    validate("status", written, status, problems);
    assertThat(problems).isEmpty();
    assertThat(JSON.treeToValue(written, ReleaseStatus.class)).isEqualTo(value);
  }

  private static void compare(String path, Class<?> type, JsonNode schema, List<String> found) {
    Set<String> components = new TreeSet<>();
    for (RecordComponent component : type.getRecordComponents()) {
      components.add(component.getName());
      JsonNode property = schema.path("properties").path(component.getName());
      compareType(path + "." + component.getName(), component.getGenericType(), property, found);
    }
    schema
        .path("properties")
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!components.contains(name)) {
                found.add(path + "." + name + " is in the schema only");
              }
            });
    schema
        .path("required")
        .forEach(
            name -> {
              if (!components.contains(name.textValue())) {
                found.add(path + " requires " + name.textValue() + ", which nothing writes");
              }
            });
  }

  private static void compareType(
      String path, Type component, JsonNode schema, List<String> found) {
    if (schema.isMissingNode()) {
      found.add(path + " is not in the schema");
      return;
    }
    String wanted;
    if (component instanceof ParameterizedType list) {
      wanted = "array";
      compareType(path + "[]", list.getActualTypeArguments()[0], schema.path("items"), found);
    } else if (component == int.class || component == Integer.class) {
      wanted = "integer";
    } else if (component == boolean.class) {
      wanted = "boolean";
    } else if (component == String.class) {
      wanted = "string";
    } else if (component == Instant.class) {
      wanted = "string";
      if (!schema.path("format").asText().equals("date-time")) {
        found.add(path + " is no date-time in the schema");
      }
    } else if (component instanceof Class<?> c && c.isEnum()) {
      wanted = "string";
      List<String> values = Arrays.stream(c.getEnumConstants()).map(Object::toString).toList();
      List<String> told = new ArrayList<>();
      schema.path("enum").forEach(value -> told.add(value.textValue()));
      if (!told.equals(values)) {
        found.add(path + " is one of " + values + ", and " + told + " in the schema");
      }
    } else {
      wanted = "object";
      compare(path, (Class<?>) component, schema, found);
    }
    if (!schema.path("type").asText().equals(wanted)) {
      found.add(path + " is " + wanted + ", and " + schema.path("type") + " in the schema");
    }
  }

  /** What of a structural schema these records use. */
  private static void validate(String path, JsonNode value, JsonNode schema, List<String> found) {
    boolean fits =
        switch (schema.path("type").asText()) {
          case "object" -> value.isObject();
          case "array" -> value.isArray();
          case "integer" -> value.isIntegralNumber();
          case "string" -> value.isTextual();
          case "boolean" -> value.isBoolean();
          default -> false;
        };
    if (!fits || (schema.has("minimum") && value.intValue() < schema.path("minimum").intValue())) {
      found.add(path + " is " + value);
      return;
    }
    schema
        .path("required")
        .forEach(
            name -> {
              if (!value.has(name.textValue())) {
                found.add(path + " has no " + name.textValue());
              }
            });
    value
        .properties()
        .forEach(
            field ->
                validate(
                    path + "." + field.getKey(),
                    field.getValue(),
                    schema.path("properties").path(field.getKey()),
                    found));
    if (value.isArray()) {
      value.forEach(element -> validate(path + "[]", element, schema.path("items"), found));
    }
  }

  private static JsonNode schema() {
    try {
      KubeObject crd =
          ManifestReader.read(Files.readString(Path.of("k8s/manifests/010-crd-releases.yaml")))
              .getFirst();
      return crd.at("spec", "versions").get(0).path("schema").path("openAPIV3Schema");
    } catch (Exception e) {
      throw new AssertionError("the manifest of the Release resource", e);
    }
  }
}
