package dev.belay.manifest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A text whose very long words, such as the base64 of a Secret, are taken out while it is parsed.
 * The parser looks ahead to the end of a word, and copies all that it has looked at for each 1024
 * characters more (SnakeYAML, StreamReader.update): 4 GB for a Secret of 1 MiB.
 *
 * <p>What stands in for a word means the same to YAML wherever it stands: letters and digits, and
 * no number. Columns in errors are right up to the first such word of a line.
 *
 * @param text the text without them
 * @param mark what each stand-in begins with; it is nowhere else in the text
 * @param words what they stand for
 */
record LongWords(String text, String mark, List<String> words) {

  private static final int LONG = 4096;

  /** The longest escape in quotes, eight digits and a letter. */
  private static final int ESCAPE = 9;

  static LongWords of(String text) {
    int from = next(text, 0);
    if (from == text.length()) {
      return new LongWords(text, "", List.of());
    }
    String mark = "longWord";
    while (text.contains(mark)) {
      mark += "Q";
    }
    Map<String, Integer> numbers = new HashMap<>();
    List<String> words = new ArrayList<>();
    StringBuilder shortened = new StringBuilder();
    int copied = 0;
    for (; from < text.length(); from = next(text, from)) {
      int end = end(text, from);
      boolean escaped = from > 0 && text.charAt(from - 1) == '\\';
      int start = from + (escaped ? ESCAPE : 0);
      if (hasLetter(text, start, end)) {
        String taken = text.substring(start, end);
        int number = numbers.computeIfAbsent(taken, anew -> words.size());
        if (number == words.size()) {
          words.add(taken);
        }
        shortened.append(text, copied, start).append(mark).append(number).append('z');
        copied = end;
      }
      from = end;
    }
    return new LongWords(shortened.append(text, copied, text.length()).toString(), mark, words);
  }

  /** Where the next long word begins; the end of the text where there is none. */
  private static int next(String text, int from) {
    int at = from;
    while (at < text.length()) {
      int end = end(text, at);
      if (end - at >= LONG) {
        return at;
      }
      at = end + 1;
    }
    return text.length();
  }

  /** Where the word ends that begins here. */
  private static int end(String text, int from) {
    int at = from;
    while (at < text.length() && isOfWord(text.charAt(at))) {
      at++;
    }
    return at;
  }

  /** Characters that mean nothing to YAML within a word. */
  private static boolean isOfWord(char c) {
    return (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || "+/=_-".indexOf(c) >= 0;
  }

  /** Whether the word has what makes it none of YAML's numbers, in whatever base. */
  private static boolean hasLetter(String text, int from, int to) {
    for (int at = from; at < to; at++) {
      char c = Character.toLowerCase(text.charAt(at));
      if (c >= 'g' && c <= 'z' && c != 'o' && c != 'x') {
        return true;
      }
    }
    return false;
  }

  /** This part of the text with its words in their places. */
  String whole(String part) {
    if (words.isEmpty() || !part.contains(mark)) {
      return part;
    }
    StringBuilder whole = new StringBuilder();
    int copied = 0;
    for (int at = part.indexOf(mark); at >= 0; at = part.indexOf(mark, copied)) {
      int number = at + mark.length();
      int end = part.indexOf('z', number);
      whole.append(part, copied, at).append(words.get(Integer.parseInt(part, number, end, 10)));
      copied = end + 1;
    }
    return whole.append(part, copied, part.length()).toString();
  }
}
