package dev.belay.revision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.api.Names;
import dev.belay.api.StartHistory;
import dev.belay.manifest.JsonReader;
import dev.belay.manifest.KubeObject;
import dev.belay.text.Digits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The form in which a revision is kept: gzip'd JSON, in as many Secrets as its size needs.
 *
 * <p>Each part is labelled with the release and the revision, and annotated with its place, the
 * number of parts and the digest of the whole. Parts are immutable and stay below the 1 MiB that
 * the API server allows a Secret. A revision is read only when all parts are there and the digest
 * is the one that the reader knows: half a snapshot is never restored, and none that somebody else
 * has made. What a Secret says of its own digest proves nothing.
 */
public final class RevisionSecrets {

  /** Bytes in one part: base64 of it and the metadata stay well below 1 MiB. */
  static final int PART_BYTES = 700 * 1024;

  /** Bytes of JSON that are inflated at the most. */
  static final int MAX_INFLATED = 256 * 1024 * 1024;

  private static final String PART = "belay.dev/part";
  private static final String PARTS = "belay.dev/parts";
  private static final String DIGEST = "belay.dev/digest";
  private static final String KEY = "revision";
  private static final String OBJECTS = "objects";
  private static final ObjectMapper JSON = new ObjectMapper();

  private RevisionSecrets() {}

  /** The name of one part, from 1. */
  static String name(String release, int revision, int part) {
    return "belay.revision.%s.v%d.%d".formatted(release, revision, part);
  }

  /** The number that this Secret says it is a part of; 0 when it is none. */
  public static int number(KubeObject secret) {
    String label = secret.labels().getOrDefault(Names.REVISION_LABEL, "");
    return Digits.read(label, Digits.MAX).orElse(0);
  }

  /** The Secrets that keep this revision. */
  public static List<KubeObject> write(Revision revision) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("helmRevision", revision.helmRevision());
    document.put("lineage", revision.lineage());
    document.put("verifiedAt", revision.verifiedAt().toString());
    ArrayNode objects = document.putArray(OBJECTS);
    revision.objects().forEach(object -> objects.add(object.json()));
    ArrayNode starts = document.putArray("starts");
    for (StartHistory start : revision.starts()) {
      ObjectNode exits =
          starts
              .addObject()
              .put("object", start.object())
              .put("seconds", start.seconds())
              .putObject("exits");
      start.exits().forEach(exit -> exits.put(exit.container(), exit.times()));
    }
    byte[] whole = gzip(document);
    String digest = digest(whole);
    int parts = (whole.length + PART_BYTES - 1) / PART_BYTES;
    List<KubeObject> secrets = new ArrayList<>();
    for (int part = 1; part <= parts; part++) {
      int from = (part - 1) * PART_BYTES;
      byte[] bytes = Arrays.copyOfRange(whole, from, Math.min(whole.length, from + PART_BYTES));
      ObjectNode secret = JsonNodeFactory.instance.objectNode();
      secret.put("apiVersion", "v1").put("kind", "Secret").put("type", Names.REVISION_TYPE);
      secret.put("immutable", true);
      ObjectNode metadata = secret.putObject("metadata");
      metadata.put("name", name(revision.release(), revision.number(), part));
      metadata.put("namespace", revision.namespace());
      metadata
          .putObject("labels")
          .put("app.kubernetes.io/managed-by", "belay")
          .put(Names.RELEASE_LABEL, revision.release())
          .put(Names.REVISION_LABEL, Integer.toString(revision.number()));
      metadata
          .putObject("annotations")
          .put(PART, Integer.toString(part))
          .put(PARTS, Integer.toString(parts))
          .put(DIGEST, digest);
      secret.putObject("data").put(KEY, Base64.getEncoder().encodeToString(bytes));
      secrets.add(new KubeObject(secret));
    }
    return secrets;
  }

  /** The digest that a part says the whole has; empty when it says none. */
  public static String toldDigest(KubeObject secret) {
    return secret.annotations().getOrDefault(DIGEST, "");
  }

  /**
   * Reads the revision that these parts keep, in any order.
   *
   * @param known its digest as it was written: of all that is restored
   * @throws RevisionException when a part is missing or anything has changed since it was written
   */
  public static Revision read(List<KubeObject> secrets, String known) throws RevisionException {
    List<KubeObject> parts = new ArrayList<>(secrets);
    parts.sort(Comparator.comparingInt(RevisionSecrets::part));
    if (parts.isEmpty()) {
      throw new RevisionException("the revision has no Secret");
    }
    KubeObject first = parts.getFirst();
    String told = first.annotations().getOrDefault(PARTS, "");
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (int i = 0; i < parts.size(); i++) {
      int part = part(parts.get(i));
      if (part == 0) {
        throw new RevisionException(parts.get(i).name() + " does not say which part it is");
      }
      if (part != i + 1) {
        throw new RevisionException(
            part == i
                ? "part " + part + " is there twice"
                : "part " + (i + 1) + " of " + told + " is missing");
      }
      try {
        whole.writeBytes(Base64.getDecoder().decode(parts.get(i).text("", "data", KEY)));
      } catch (IllegalArgumentException e) {
        throw new RevisionException("part " + (i + 1) + " is not base64");
      }
    }
    if (!told.equals(Integer.toString(parts.size()))) {
      throw new RevisionException("%d of %s parts are there".formatted(parts.size(), told));
    }
    if (!digest(whole.toByteArray()).equals(known)) {
      throw new RevisionException(
          "Secret %s does not hold what Belay stored: its digest is not the one in status.history of the Release"
              .formatted(first.name()));
    }
    JsonNode document = gunzip(whole.toByteArray());
    Instant verifiedAt;
    try {
      verifiedAt = Instant.parse(document.path("verifiedAt").asText());
    } catch (DateTimeException e) {
      throw new RevisionException("its content is no revision: it does not say when it was made");
    }
    List<KubeObject> objects = new ArrayList<>();
    document.path(OBJECTS).forEach(object -> objects.add(KubeObject.of(object)));
    return new Revision(
        first.namespace(),
        first.labels().getOrDefault(Names.RELEASE_LABEL, ""),
        number(first),
        document.path("helmRevision").asInt(),
        document.path("lineage").asText(),
        verifiedAt,
        objects,
        starts(document));
  }

  /** None where an earlier version of Belay has written it. */
  private static List<StartHistory> starts(JsonNode document) {
    List<StartHistory> starts = new ArrayList<>();
    for (JsonNode start : document.path("starts")) {
      Map<String, Integer> exits = new HashMap<>();
      start.path("exits").properties().forEach(e -> exits.put(e.getKey(), e.getValue().asInt()));
      starts.add(
          StartHistory.of(start.path("object").asText(), exits, start.path("seconds").asInt()));
    }
    return starts;
  }

  private static int part(KubeObject secret) {
    String part = secret.annotations().getOrDefault(PART, "");
    return Digits.read(part, 6).orElse(0);
  }

  private static byte[] gzip(JsonNode document) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      JSON.writeValue(gzip, document);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return out.toByteArray();
  }

  private static JsonNode gunzip(byte[] bytes) throws RevisionException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      byte[] json = in.readNBytes(MAX_INFLATED);
      return JsonReader.read(json, OBJECTS);
    } catch (IOException e) {
      throw new RevisionException("its content can't be read: " + e.getMessage());
    }
  }

  private static String digest(byte[] bytes) {
    try {
      return "sha256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
