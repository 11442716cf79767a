package dev.belay.helm;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Helm's storage format, base64(gzip(JSON)), as in helm v4.3.1 {@code pkg/storage/driver/util.go}.
 *
 * <p>Bounds: {@value #MAX_STORED_CHARS} characters stored, {@value #MAX_INFLATED_BYTES} bytes
 * inflated, {@value #MAX_DEPTH} levels and {@value #MAX_TOKENS} tokens of JSON. A Secret holds at
 * most 1 MiB, but 1 MiB of gzip can be a GiB of text.
 */
public final class HelmRecordCodec {

  public static final int MAX_STORED_CHARS = 3 * 1024 * 1024;
  public static final int MAX_INFLATED_BYTES = 24 * 1024 * 1024;
  public static final int MAX_DEPTH = 500;
  public static final int MAX_TOKENS = 1_000_000;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxTokenCount(MAX_TOKENS)
                          .maxStringLength(MAX_INFLATED_BYTES)
                          .maxNameLength(MAX_INFLATED_BYTES)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private HelmRecordCodec() {}

  /**
   * Reads what Helm stored.
   *
   * @param stored the value of the Secret's {@code data.release}, after the Secret's own base64
   * @throws HelmRecordException when a layer is broken or passes a bound
   */
  public static HelmRecord decode(String stored) throws HelmRecordException {
    byte[] bytes = unbase64(stored);
    return new HelmRecord(parse(bytes));
  }

  /** Writes the record as Helm stores it. */
  public static String encode(HelmRecord record) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new BestGzip(bytes)) {
      gzip.write(JSON.writeValueAsBytes(record.json()));
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private static byte[] unbase64(String stored) throws HelmRecordException {
    if (stored.isEmpty()) {
      throw new HelmRecordException("the release record is empty");
    }
    if (stored.length() > MAX_STORED_CHARS) {
      throw new HelmRecordException(
          "the release record is longer than " + MAX_STORED_CHARS + " characters");
    }
    try {
      // Go's decoder, and so Helm, skips line ends.
      return Base64.getDecoder().decode(stored.replace("\n", "").replace("\r", ""));
    } catch (IllegalArgumentException e) {
      throw new HelmRecordException("the release record is not base64");
    }
  }

  /** Helm stored records without gzip once, and still reads them. */
  private static boolean gzipped(byte[] bytes) {
    return bytes.length > 3
        && bytes[0] == (byte) 0x1f
        && bytes[1] == (byte) 0x8b
        && bytes[2] == (byte) 0x08;
  }

  /** Read as it inflates: what is no JSON is known at its first bytes, before it takes memory. */
  private static ObjectNode parse(byte[] stored) throws HelmRecordException {
    JsonNode tree;
    try (InputStream in = open(stored)) {
      tree = JSON.readTree(in);
    } catch (TooLarge e) {
      throw new HelmRecordException(
          "the release record inflates beyond " + MAX_INFLATED_BYTES / (1024 * 1024) + " MiB");
    } catch (JsonProcessingException e) {
      // Jackson's own message quotes the text.
      throw new HelmRecordException(
          "the release record is not JSON that can be read, at line %d, column %d"
              .formatted(line(e), column(e)));
    } catch (IOException e) {
      throw new HelmRecordException("the release record is not readable gzip");
    } catch (NumberFormatException e) {
      // Jackson lets this one pass as it is: an exponent that no number has.
      throw new HelmRecordException("the release record has a number that can't be read");
    }
    if (!(tree instanceof ObjectNode object)) {
      throw new HelmRecordException("the release record is no JSON object");
    }
    if (!object.path("name").isTextual() || !object.path("version").isInt()) {
      throw new HelmRecordException("the release record has no name or no version");
    }
    if (!object.path("info").isObject()) {
      throw new HelmRecordException("the release record has no info");
    }
    JsonNode manifest = object.path("manifest");
    if (!manifest.isMissingNode() && !manifest.isTextual()) {
      throw new HelmRecordException("the release record's manifest is no text");
    }
    return object;
  }

  private static InputStream open(byte[] stored) throws IOException {
    InputStream bytes = new ByteArrayInputStream(stored);
    return new Bounded(gzipped(stored) ? new GZIPInputStream(bytes) : bytes);
  }

  /** Ends in an error where a gzip bomb would go on. */
  private static final class Bounded extends FilterInputStream {
    private long left = MAX_INFLATED_BYTES;

    Bounded(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      return read < 0 ? read : counted(1) == 1 ? read : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      return counted(super.read(into, offset, length));
    }

    private int counted(int read) throws TooLarge {
      left -= Math.max(0, read);
      if (left < 0) {
        throw new TooLarge();
      }
      return read;
    }
  }

  private static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1;
  }

  private static int line(JsonProcessingException e) {
    return e.getLocation() == null ? 0 : e.getLocation().getLineNr();
  }

  private static int column(JsonProcessingException e) {
    return e.getLocation() == null ? 0 : e.getLocation().getColumnNr();
  }

  /** Compresses as hard as Helm does: a Secret has room for 1 MiB. */
  private static final class BestGzip extends GZIPOutputStream {
    BestGzip(ByteArrayOutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }
}
