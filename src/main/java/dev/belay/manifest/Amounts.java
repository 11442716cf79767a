package dev.belay.manifest;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;

/**
 * The amounts in a quota's refusal, {@code cpu=500m,pods=1}: quantities as the API server prints
 * them (apimachinery, pkg/api/resource/quantity.go).
 */
public final class Amounts {

  private static final Pattern AMOUNT = Pattern.compile("([^,=\\s]+)=([0-9.]+)([A-Za-z]*)");

  /** More than any quantity of the API has; to read digits takes more than linear time. */
  private static final int MAX_DIGITS = 40;

  private static final String DECIMAL = "kMGTPE";

  private Amounts() {}

  /** The amounts by resource; what is not understood is left out. */
  public static Map<String, BigDecimal> read(String text) {
    Map<String, BigDecimal> amounts = new HashMap<>();
    Matcher matcher = AMOUNT.matcher(text);
    while (matcher.find()) {
      BigDecimal unit = unit(matcher.group(3));
      if (unit.signum() > 0 && matcher.group(2).length() <= MAX_DIGITS) {
        amounts.put(matcher.group(1), new BigDecimal(matcher.group(2)).multiply(unit));
      }
    }
    return amounts;
  }

  /** This quantity; 0 for one that is not understood. */
  public static BigDecimal of(String quantity) {
    return read("n=" + quantity).getOrDefault("n", BigDecimal.ZERO);
  }

  /** The amount for people: sizes of a mebibyte and more, where they are whole, in binary units. */
  public static String text(BigDecimal amount) {
    for (int power = DECIMAL.length(); power > 1; power--) {
      BigDecimal[] whole = amount.divideAndRemainder(BigDecimal.valueOf(1024).pow(power));
      if (whole[0].signum() > 0 && whole[1].signum() == 0) {
        return whole[0].toPlainString() + Character.toUpperCase(DECIMAL.charAt(power - 1)) + "i";
      }
    }
    return amount.stripTrailingZeros().toPlainString();
  }

  /** What a suffix stands for; 0 for one that is not known. */
  private static BigDecimal unit(String suffix) {
    return switch (suffix) {
      case "" -> BigDecimal.ONE;
      case "n" -> BigDecimal.ONE.movePointLeft(9);
      case "u" -> BigDecimal.ONE.movePointLeft(6);
      case "m" -> BigDecimal.ONE.movePointLeft(3);
      default -> large(suffix);
    };
  }

  private static BigDecimal large(String suffix) {
    int power = DECIMAL.indexOf(Character.toString(suffix.charAt(0)).replace('K', 'k')) + 1;
    boolean binary = suffix.endsWith("i");
    if (power == 0 || suffix.length() > (binary ? 2 : 1)) {
      return BigDecimal.ZERO;
    }
    return BigDecimal.valueOf(binary ? 1024 : 1000).pow(power);
  }
}
