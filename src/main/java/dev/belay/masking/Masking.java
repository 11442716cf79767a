package dev.belay.masking;

import dev.belay.manifest.KubeObject;
import dev.belay.text.TerminalCodes;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps values of Secrets out of text that others wrote: log lines, termination messages, errors of
 * the API server.
 *
 * <p>What is masked: every value of at least 4 characters, and what can be told apart in it (see
 * {@link SecretValues}). It is found as it is, and as JSON, Go's {@code %q}, a URL, base64 at any
 * place of what was encoded, and hexadecimal digits spell it, or two of these one in the other.
 * Colours are taken out first. Shorter values are left: masking each {@code no} and {@code 80}
 * would make text unreadable and hide nothing. Values below 8 characters are masked as whole words
 * only, for the same reason. The password in a URL is masked wherever it came from.
 *
 * <p>The name of an object or container stays where it stands as one, whatever Secret has the same
 * word in it (see {@link Names}).
 *
 * <p>The time for one text grows with the text, whatever is in it and in the Secrets. At most
 * {@value #MAX_TEXT_CHARS} characters of a text are read; of a longer one the rest is left out.
 */
public final class Masking {

  public static final String MASK = "(masked)";

  /** As many bytes as Belay reads of a log; what is told of any text is far shorter. */
  public static final int MAX_TEXT_CHARS = 64 * 1024;

  /** In the place of a text when there are too many values to look for. */
  static final String TOO_MANY = "(masked: its Secrets have more than 4 MiB)";

  /** One in the other: JSON in JSON in a URL. */
  private static final int DEPTH = 3;

  /** Less of a value before or after an ellipsis may be an everyday word. */
  private static final int MIN_CHARS_AT_ELLIPSIS = 8;

  /** Characters at either end of a cut text that are left of an escape: {@code u0026}. */
  private static final int OF_AN_ESCAPE = 5;

  /** A part of a value in its longest spelling, six characters for each byte. */
  private static final int AROUND_CHARS = 6 * SecretIndex.MAX_PART_BYTES;

  private final List<KubeObject> objects;
  private @Nullable Known known;

  private Masking(List<KubeObject> objects) {
    this.objects = objects;
  }

  /** What is known of the objects; most have nothing said of them, and are not looked at. */
  private record Known(SecretIndex values, Names names, boolean tooMany) {

    static Known of(List<KubeObject> objects) {
      SecretValues values = new SecretValues();
      for (KubeObject object : objects) {
        if (object.kind().equals("Secret") && object.group().isEmpty()) {
          values.add(object);
        }
      }
      return new Known(values.index(), Names.of(objects), values.tooMany());
    }
  }

  private synchronized Known known() {
    if (known == null) {
      known = Known.of(objects);
    }
    return known;
  }

  /** Masks passwords in URLs only. */
  public static Masking ofNone() {
    return of(List.of());
  }

  /** Masks the values of the Secrets among these objects, and knows the names of all of them. */
  public static Masking of(List<KubeObject> objects) {
    return new Masking(List.copyOf(objects));
  }

  /**
   * The text with all values replaced by {@value #MASK}.
   *
   * @return without the codes of terminals; {@code …} at the end stands for what was too long
   */
  public String mask(String text) {
    return masked(text, false);
  }

  /**
   * The same of a text that was cut out of a longer one: also what is left of a value at its
   * beginning or its end, from 4 characters on.
   */
  public String maskCut(String text) {
    return masked(text, true);
  }

  /**
   * The part of the text between these places, which are not negative, in order, and not beyond its
   * end; values that reach beyond it are masked as far as they are in it.
   *
   * @param text without codes of terminals
   */
  public String maskPart(String text, int from, int to) {
    if (known().tooMany() && from < to) {
      return TOO_MANY;
    }
    int begin = Math.max(0, from - AROUND_CHARS);
    int end = Math.min(text.length(), to + AROUND_CHARS);
    Search search = new Search(text.substring(begin, end), begin > 0, end < text.length());
    return search.masked(from - begin, to - begin);
  }

  private String masked(String text, boolean cut) {
    if (text.isEmpty()) {
      return text;
    }
    if (known().tooMany()) {
      return TOO_MANY;
    }
    String plain = TerminalCodes.without(text);
    boolean tooLong = plain.length() > MAX_TEXT_CHARS;
    if (tooLong) {
      boolean half = Character.isHighSurrogate(plain.charAt(MAX_TEXT_CHARS - 1));
      plain = plain.substring(0, half ? MAX_TEXT_CHARS - 1 : MAX_TEXT_CHARS);
    }
    Search search = new Search(plain, cut, cut || tooLong);
    return search.masked(0, plain.length()) + (tooLong ? "…" : "");
  }

  /** One pass over one text. */
  private final class Search {

    private final String text;
    private final boolean cutBefore;
    private final boolean cutAfter;
    private final SecretIndex values = known().values();
    private final BitSet masked = new BitSet();
    private final BitSet named;

    Search(String text, boolean cutBefore, boolean cutAfter) {
      this.text = text;
      this.cutBefore = cutBefore;
      this.cutAfter = cutAfter;
      this.named = values.isEmpty() ? new BitSet() : known().names().in(text);
    }

    /** What is between these places, masked. */
    String masked(int from, int to) {
      look(Spelling.plain(text), DEPTH);
      StringBuilder out = new StringBuilder(to - from);
      int at = from;
      while (at < to) {
        int hidden = masked.nextSetBit(at);
        boolean isLast = hidden < 0 || hidden >= to;
        out.append(text, at, isLast ? to : hidden).append(isLast ? "" : MASK);
        at = isLast ? to : masked.nextClearBit(hidden);
      }
      return out.toString();
    }

    private void look(Spelling spelling, int depth) {
      UrlPasswords.find(
          spelling, (from, to) -> masked.set(spelling.from(from), spelling.to(to - 1)));
      if (!values.isEmpty()) {
        find(spelling, true);
        Decoding.unplussed(spelling).ifPresent(form -> form(form, depth));
        for (int skipped = 0; skipped < 4; skipped++) {
          find(Decoding.base64(spelling, skipped), false);
        }
        for (int skipped = 0; skipped < 2; skipped++) {
          find(Decoding.hex(spelling, skipped), false);
        }
      }
      if (depth > 0) {
        Decoding.unescaped(spelling).ifPresent(plain -> look(plain, depth - 1));
        Decoding.unpercented(spelling).ifPresent(plain -> look(plain, depth - 1));
      }
    }

    /** Blanks are written as {@code +} before all else is in percents. */
    private void form(Spelling form, int depth) {
      find(form, true);
      if (depth > 0) {
        Decoding.unpercented(form).ifPresent(plain -> look(plain, depth - 1));
      }
    }

    private void find(Spelling spelling, boolean words) {
      for (int at = 0; at < spelling.length(); at++) {
        int length = values.longest(spelling, at, words);
        if (length > 0) {
          mask(spelling, at, at + length);
        }
        int ellipsis = ellipsis(spelling, at);
        if (ellipsis > at) {
          beginning(spelling, at, MIN_CHARS_AT_ELLIPSIS);
          end(spelling, ellipsis, MIN_CHARS_AT_ELLIPSIS);
          at = ellipsis - 1;
        }
      }
      cut(spelling);
    }

    /** What a cut has left of a value, though it went through an escape. */
    private void cut(Spelling spelling) {
      int length = spelling.length();
      boolean found = !cutBefore || length == 0 || spelling.from(0) > OF_AN_ESCAPE;
      for (int at = 0; !found && at <= OF_AN_ESCAPE && at < length; at++) {
        char c = spelling.charAt(at);
        boolean ofColour = c == '[' || c == ';' || c == 'm';
        found = end(spelling, at, SecretIndex.MIN_CHARS) || !(ofColour || isOfEscape(c));
      }
      int last = text.length() - OF_AN_ESCAPE;
      found = !cutAfter || length == 0 || spelling.to(length - 1) < last;
      found = found || beginning(spelling, length, SecretIndex.MIN_CHARS);
      for (int at = length - 1; !found && at >= length - OF_AN_ESCAPE && at > 0; at--) {
        char c = spelling.charAt(at);
        boolean begins = c == '%' || c == '\\';
        if (begins) {
          beginning(spelling, at, SecretIndex.MIN_CHARS);
        }
        found = begins || !isOfEscape(c);
      }
    }

    /** Behind a backslash or a percent sign. */
    private static boolean isOfEscape(char c) {
      return (c < 0x80 && Character.digit(c, 16) >= 0) || c == 'u' || c == 'U' || c == 'x';
    }

    private boolean beginning(Spelling spelling, int end, int minChars) {
      return mask(spelling, values.beginningBefore(spelling, end, minChars), end);
    }

    private boolean end(Spelling spelling, int at, int minChars) {
      return mask(spelling, at, values.endAfter(spelling, at, minChars));
    }

    private boolean mask(Spelling spelling, int from, int to) {
      if (from < to) {
        int start = spelling.from(from);
        int end = spelling.to(to - 1);
        if (named.nextClearBit(start) < end) {
          masked.set(start, end);
        }
      }
      return from < to;
    }

    /** Where the dots end that begin here; the place itself where none do. */
    private static int ellipsis(Spelling text, int at) {
      int end = at;
      while (end < text.length() && text.charAt(end) == '.') {
        end++;
      }
      if (end - at >= 3) {
        return end;
      }
      boolean one =
          at + 3 <= text.length()
              && text.charAt(at) == 0xe2
              && text.charAt(at + 1) == 0x80
              && text.charAt(at + 2) == 0xa6;
      return one ? at + 3 : at;
    }
  }
}
