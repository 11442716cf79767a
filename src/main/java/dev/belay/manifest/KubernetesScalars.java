package dev.belay.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What unquoted scalars mean to kubectl and Helm: sigs.k8s.io/yaml v1.6.0 on go-yaml v2.4.4, {@code
 * resolve.go}.
 *
 * <p>Truths are those of YAML 1.1, {@code y} and {@code on} included. A leading 0 is octal, unless
 * there is an 8 or 9 in it: then it is decimal. Dates and times of day stay text. Numbers become
 * what Go's JSON writes: {@code 1e3} and {@code 1.0} are whole.
 */
final class KubernetesScalars {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private static final Set<String> NULL = Set.of("", "~", "null", "Null", "NULL");
  private static final Set<String> TRUE =
      Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
  private static final Set<String> FALSE =
      Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
  private static final Pattern NO_NUMBER =
      Pattern.compile("[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN)");

  /** Go's strconv.ParseInt with base 0, after the underscores are gone. */
  private static final Pattern INT =
      Pattern.compile(
          "([-+]?)(?:0[bB](?<bin>[01]+)|0[xX](?<hex>[0-9a-fA-F]+)|0[oO]?(?<oct>[0-7]+)"
              + "|(?<dec>0|[1-9][0-9]*))");

  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(?:\\.[0-9]+|[0-9]+(?:\\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?");

  private static final BigInteger MIN_INT64 = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MAX_INT64 = BigInteger.valueOf(Long.MAX_VALUE);
  private static final BigInteger MAX_UINT64 = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

  /** Longer digits than these are text; reading them as numbers would be slow. */
  private static final int MAX_NUMBER = 400;

  private KubernetesScalars() {}

  /**
   * The value of an unquoted scalar.
   *
   * @throws ArithmeticException for infinities and NaN, which JSON has no number for: Helm refuses
   *     them too
   */
  static JsonNode read(String text) {
    if (NULL.contains(text)) {
      return JSON.nullNode();
    }
    if (TRUE.contains(text)) {
      return JSON.booleanNode(true);
    }
    if (FALSE.contains(text)) {
      return JSON.booleanNode(false);
    }
    char first = text.charAt(0);
    boolean mayBeNumber = first == '.' || first == '-' || first == '+' || isDigit(first);
    return mayBeNumber && text.length() <= MAX_NUMBER ? number(text) : JSON.textNode(text);
  }

  private static JsonNode number(String text) {
    if (NO_NUMBER.matcher(text).matches()) {
      throw new ArithmeticException(text + " is no number in JSON");
    }
    // Underscores may separate digits, except after a leading point.
    String plain = text.charAt(0) == '.' ? text : text.replace("_", "");
    Matcher whole = INT.matcher(plain);
    if (whole.matches()) {
      BigInteger value = integer(whole);
      if (value.compareTo(MIN_INT64) >= 0 && value.compareTo(MAX_INT64) <= 0) {
        return JSON.numberNode(value.longValueExact());
      }
      if (value.compareTo(MAX_UINT64) <= 0 && isDigit(plain.charAt(0))) {
        return JSON.numberNode(value);
      }
    }
    if (FLOAT.matcher(plain).matches()) {
      double value = Double.parseDouble(plain);
      if (!Double.isInfinite(value)) {
        return number(value);
      }
    }
    return JSON.textNode(text);
  }

  private static BigInteger integer(Matcher number) {
    BigInteger value;
    if (number.group("bin") != null) {
      value = new BigInteger(number.group("bin"), 2);
    } else if (number.group("hex") != null) {
      value = new BigInteger(number.group("hex"), 16);
    } else if (number.group("oct") != null) {
      value = new BigInteger(number.group("oct"), 8);
    } else {
      value = new BigInteger(number.group("dec"));
    }
    return number.group(1).equals("-") ? value.negate() : value;
  }

  /** Go's JSON writes floats below 1e21 without an exponent, and whole ones without a point. */
  private static JsonNode number(double value) {
    BigDecimal exact = BigDecimal.valueOf(value);
    if (value != Math.rint(value) || Math.abs(value) >= 1e21) {
      return JSON.numberNode(exact);
    }
    BigInteger whole = exact.toBigIntegerExact();
    return whole.bitLength() < Long.SIZE
        ? JSON.numberNode(whole.longValueExact())
        : JSON.numberNode(whole);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
