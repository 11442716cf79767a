package dev.belay.cluster;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the gate's paths are made of. A path gets around: where no gate answers and writes are to
 * fail, the API server tells it to whoever writes ({@code failed calling webhook … Post
 * "https://…"}). So each hour has its own, which tells nothing of the key, and which all replicas
 * know without a word between them.
 *
 * @param text as it is stored
 */
public record GateKey(String text) {

  private static final String ALGORITHM = "HmacSHA256";
  private static final long HOUR_SECONDS = Duration.ofHours(1).toSeconds();

  /** The number of the hour, counted from the epoch, in which this moment lies. */
  public static long hour(Instant at) {
    return Math.floorDiv(at.getEpochSecond(), HOUR_SECONDS);
  }

  /** The first element of the paths of this hour: 64 hexadecimal digits. */
  public String path(long hour) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(text.getBytes(StandardCharsets.US_ASCII), ALGORITHM));
      byte[] path = mac.doFinal(Long.toString(hour).getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(path);
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "GateKey";
  }
}
